"""What a caller sees, bound in the query itself; row-level security is only the net under it.

An officer sees the rows of the own region and below; an organisation its own. Whoever has neither sees nothing.
"""

from typing import Any

from sqlalchemy import ColumnElement, and_, false
from sqlmodel import col

from shared import regions
from shared.auth import Principal


def in_sight(table: Any, caller: Principal) -> ColumnElement[bool]:
    """Rows of `table` (with `region`, `county_code`, `organisation_id`) that the caller sees."""
    if caller.org is not None:
        return col(table.organisation_id) == caller.org
    if caller.region is None:
        return false()
    low, high = regions.bounds(caller.region)
    inside = and_(col(table.region) >= low, col(table.region) < high)
    return and_(in_county(table, caller), inside)


def in_county(table: Any, caller: Principal) -> ColumnElement[bool]:
    """Rows of `table` (with `county_code`) of the caller's county, or of the counties of a city or province."""
    if caller.region is None:
        return false()
    if len(caller.region) >= regions.LENGTH[regions.Level.COUNTY]:
        return col(table.county_code) == regions.county(caller.region)
    low, high = regions.bounds(caller.region)
    return and_(col(table.county_code) >= low, col(table.county_code) < high)
