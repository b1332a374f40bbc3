"""Projections 投影: what the three feeds say, kept as sums of dated regional increments."""
