"""`bangfu ops`: what an operator does on the machine itself: databases and keys."""
