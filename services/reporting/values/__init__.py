"""Values 数值: sums of increments for a region and a period."""
