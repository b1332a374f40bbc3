"""Checks of the repository itself: each is a command whose message names the mend."""
