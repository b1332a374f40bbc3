"""Households: found or added for registration, read, and put into another category."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.households import queries
from services.registry.households.models import Household
from shared import ids, regions
from shared.errors import NotFound
from shared.versions import require_same


class Wanted(NamedTuple):
    """A household as somebody's registration names it."""

    region: str
    number: str
    base: str
    monitoring: str | None
    on: date


async def find_or_add(session: AsyncSession, wanted: Sequence[Wanted]) -> dict[tuple[str, str], Household]:
    """The households by village and number. New ones get the category of the first that names them."""
    first: dict[tuple[str, str], Wanted] = {}
    for each in wanted:
        first.setdefault((each.region, each.number), each)
    if not first:
        return {}
    unique = [first[key] for key in sorted(first)]  # one order, so that two imports do not wait for each other
    place = {
        "counties": [regions.county(each.region) for each in unique],
        "regions": [each.region for each in unique],
        "numbers": [each.number for each in unique],
    }
    new = {
        "ids": [ids.new_id() for _ in unique],
        "bases": [each.base for each in unique],
        "monitorings": [each.monitoring for each in unique],
        "dates": [each.on for each in unique],
    }
    await session.execute(queries.ADD_MISSING, place | new)
    found = (await session.execute(queries.FIND, place)).scalars()
    return {(household.region, household.number): household for household in found}


async def get(session: AsyncSession, household_id: UUID, within: str) -> Household:
    """Raises `NotFound` for a household outside `within`."""
    return await _one(session, queries.ONE, household_id, within)


async def page(session: AsyncSession, within: str, after: tuple[str, str] | None, limit: int) -> Sequence[Household]:
    """Households of a region in the order of village and id."""
    low, high = regions.bounds(within)
    region, last = after or ("", str(UUID(int=0)))
    values = {"low": low, "high": high, "after_region": region, "after_id": UUID(last), "limit": limit}
    return (await session.execute(queries.PAGE, values)).scalars().all()


async def set_category(
    session: AsyncSession,
    household_id: UUID,
    within: str,
    expected: int,
    *,
    base: str,
    monitoring: str | None,
    since: date,
) -> Household:
    """Another category from a day on. The members' facts change with it: the caller tells (`persons.service`)."""
    household = await _one(session, queries.ONE_FOR_UPDATE, household_id, within)
    require_same(expected, household.version)
    household.base, household.monitoring, household.category_since = base, monitoring, since
    household.version += 1
    await session.flush()
    return household


async def _one(session: AsyncSession, statement: Select[Household], household_id: UUID, within: str) -> Household:
    low, high = regions.bounds(within)
    values = {"id": household_id, "low": low, "high": high}
    household = (await session.execute(statement, values)).scalar_one_or_none()
    if household is None:
        raise NotFound
    return household
