"""Policy packs (政策包): what each document grants, as data, and its pure evaluation without database or HTTP."""
