"""Households 家庭户."""
