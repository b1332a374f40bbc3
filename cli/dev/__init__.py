"""`bangfu dev`: the whole platform on one machine, with PostgreSQL embedded and every process supervised."""
