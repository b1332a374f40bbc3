"""`python -m gateway serve | worker | migrate | seed | rotate-keys`."""

from gateway.app import SERVICE
from shared.process import main

if __name__ == "__main__":
    main(SERVICE)
