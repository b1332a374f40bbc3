"""Samples for demo and tests: made from a seed and syllable lists, never from real people."""
