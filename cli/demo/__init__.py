"""`bangfu dev demo`: one season from registration to payment, played over HTTP as its users would, and checked."""
