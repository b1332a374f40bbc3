"""People as matching needs them: a projection of the registry's feed, without anything that identifies them."""
