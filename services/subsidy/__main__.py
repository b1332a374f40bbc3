"""`python -m services.subsidy serve | worker | migrate`."""

from services.subsidy.app import SERVICE
from shared.process import main

if __name__ == "__main__":
    main(SERVICE)
