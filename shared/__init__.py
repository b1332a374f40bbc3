"""Mechanisms that every service uses. Knows no service and no policy."""
