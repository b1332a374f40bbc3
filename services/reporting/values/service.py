"""Figures of a region and of the places directly below it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.reporting.values import queries
from shared import regions
from shared.auth import Principal
from shared.errors import NotFound

_LENGTHS = sorted(regions.LEVEL)


@dataclass(frozen=True)
class Figures:
    """Exact integers by region and indicator; what is not there is 0. `freshness`: the stand of each feed."""

    values: Mapping[str, Mapping[str, int]]
    freshness: Mapping[str, datetime]

    def of(self, region: str, indicator: str) -> int:
        return self.values.get(region, {}).get(indicator, 0)


def require_below(caller: Principal, region: str) -> None:
    """Raises `NotFound` for a region outside the caller's own."""
    if caller.region is None or not regions.contains(caller.region, region):
        raise NotFound


async def figures(
    session: AsyncSession, region: str, indicators: Iterable[str], month: date, *, places_below: bool
) -> Figures:
    """As of the end of a month: stocks on its last day, flows since January. One query, whatever the region's size."""
    low, high = regions.bounds(region)
    values = {
        "region": region,
        "level": len(region),
        "below": next((length for length in _LENGTHS if length > len(region)), 0) if places_below else 0,
        "low": low,
        "high": high,
        "indicators": sorted(indicators),
        "month": month,
        "january": month.replace(month=1),
    }
    row = (await session.execute(queries.FIGURES, values)).one()
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for place, indicator, value in row.figures or ():
        found[place][indicator] = value
    freshness = {source: datetime.fromisoformat(moved) for source, moved in (row.freshness or {}).items()}
    return Figures(found, freshness)
