"""Benches: each beside its comparator in the same run (`python -m bench.<name>`, `SIZE=` scales it)."""
