"""Regions (行政区划): the divisions of the country at five levels, and the units a place adds of its own."""
