"""Indicators 指标: what each figure counts, as data."""
