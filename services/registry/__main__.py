"""`python -m services.registry serve | worker | migrate`."""

from services.registry.app import SERVICE
from shared.process import main

if __name__ == "__main__":
    main(SERVICE)
