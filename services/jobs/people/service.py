"""The people that a caller may see, as the registry last told."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.jobs.people import queries
from services.jobs.people.models import Person, Spell
from shared import regions
from shared.auth import Principal
from shared.errors import NotFound


async def visible(session: AsyncSession, caller: Principal, person_id: UUID) -> tuple[Person, Spell | None]:
    """One person of the caller's region, and the employment by a unit that the registry holds open.

    Raises `NotFound` for any other person.
    """
    if caller.region is None:
        raise NotFound
    low, high = regions.bounds(caller.region)
    statement, values = queries.VISIBLE, {"person_id": person_id, "low": low, "high": high}
    if len(caller.region) >= regions.LENGTH[regions.Level.COUNTY]:
        statement, values["county"] = queries.VISIBLE_IN_COUNTY, regions.county(caller.region)
    row = (await session.execute(statement, values)).one_or_none()
    if row is None:
        raise NotFound
    person, spell = row
    return person, spell
