"""People (农村劳动力): who they are and how they are told apart."""
