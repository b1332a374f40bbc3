"""Organisations (机构): who offers work or brings people to it, and whether the county has filed them (备案)."""
