"""The one statement that figures come from."""

from sqlalchemy import text

FIGURES = text(
    """
WITH place AS (
    SELECT region, indicator, sum(value)::bigint AS value FROM increment
    WHERE level = :level AND region = :region
      AND indicator = ANY(CAST(:indicators AS text[])) AND month <= :month AND (lasting OR month >= :january)
    GROUP BY region, indicator
    UNION ALL
    SELECT region, indicator, sum(value)::bigint FROM increment
    WHERE level = :below AND region >= :low AND region < :high
      AND indicator = ANY(CAST(:indicators AS text[])) AND month <= :month AND (lasting OR month >= :january)
    GROUP BY region, indicator
)
SELECT
    (SELECT json_agg(json_build_array(region, indicator, value)) FROM place WHERE value <> 0) AS figures,
    (SELECT json_object_agg(source, moved_at) FROM feed_cursor) AS freshness
"""
)
"""A region's figures and those of the places directly below it, with how far the feeds have been read. The two ranges
begin with the level, so each is one stretch of the primary key."""
