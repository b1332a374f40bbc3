"""Payees (收款账户): the bank accounts that subsidies go to."""
