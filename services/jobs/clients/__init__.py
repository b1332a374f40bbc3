"""The other services, as this one sees them: typed, and only the fields that it reads."""
