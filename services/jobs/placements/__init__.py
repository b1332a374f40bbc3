"""Placements (推荐就业): a person referred to a posting, interviewed, hired, followed up, ended."""
