"""Times of employment 就业记录."""
