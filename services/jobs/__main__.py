"""`python -m services.jobs serve | worker | migrate`."""

from services.jobs.app import SERVICE
from shared.process import main

if __name__ == "__main__":
    main(SERVICE)
