"""What this service asks of the others: only the fields that it reads."""
