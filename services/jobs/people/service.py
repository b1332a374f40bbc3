"""The people that a caller may see, as the registry last told."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.jobs.people import queries
from services.jobs.people.models import Person, Spell
from shared import regions
from shared.auth import Principal
from shared.errors import NotFound


async def visible(session: AsyncSession, caller: Principal, person_id: UUID) -> Person:
    """One person of the caller's region. Raises `NotFound` for any other."""
    if caller.region is None:
        raise NotFound
    low, high = regions.bounds(caller.region)
    values = {"person_id": person_id, "low": low, "high": high}
    if len(caller.region) >= regions.LENGTH[regions.Level.COUNTY]:
        found = await session.execute(queries.VISIBLE_IN_COUNTY, values | {"county": regions.county(caller.region)})
    else:
        found = await session.execute(queries.VISIBLE, values)
    person = found.scalar_one_or_none()
    if person is None:
        raise NotFound
    return person


async def open_employment(session: AsyncSession, person: Person) -> Spell | None:
    """The employment by a unit that the registry holds open for the person, if any."""
    found = await session.execute(queries.OPEN_SPELL, {"person_id": person.person_id, "county": person.county_code})
    return found.scalar_one_or_none()
