"""Funds (资金) and the ledger: double entry in fen, append-only."""
