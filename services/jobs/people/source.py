"""Following the registry's feed. Older versions change nothing; what was removed stays removed."""

from datetime import date
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from services.jobs.people import queries
from shared.feed import Envelope
from shared.feed_reader import Source


class _PersonFacts(BaseModel):
    """The fields of registry.person that matching reads."""

    birth_year: int
    labor_capacity: str
    mobility: str | None
    base: str
    monitoring: str | None
    status: str
    alive: bool
    verified: bool
    transfer: str | None
    intent_place: str | None
    service_needs: list[str]
    skills: list[str]
    wish_wage_fen: int | None


class _SpellFacts(BaseModel):
    """The fields of registry.spell that placement reads."""

    person_id: UUID
    placement_id: UUID | None
    kind: str
    started_on: date
    ended_on: date | None
    transfer: str | None


class _Data(BaseModel):
    version: int
    county_code: str
    region: str
    work_region: str | None
    after: dict[str, Any]


async def person_changed(session: AsyncSession, event: Envelope) -> None:
    if event.data["after"] is None:
        await _gone(session, event, queries.REMOVE_PERSON)
        return
    data = _Data.model_validate(event.data)
    facts = _PersonFacts.model_validate(data.after).model_dump()
    await session.execute(queries.PUT_PERSON, data.model_dump(exclude={"after"}) | facts | {"person_id": event.subject})


async def spell_changed(session: AsyncSession, event: Envelope) -> None:
    if event.data["after"] is None:
        await _gone(session, event, queries.REMOVE_SPELL)
        return
    data = _Data.model_validate(event.data)
    facts = _SpellFacts.model_validate(data.after).model_dump()
    await session.execute(queries.PUT_SPELL, data.model_dump(exclude={"after"}) | facts | {"spell_id": event.subject})


async def _gone(session: AsyncSession, event: Envelope, remove: Any) -> None:
    values = {"subject": event.subject, "version": int(event.data["version"])}
    await session.execute(remove, values)
    await session.execute(queries.MARK_GONE, values)


async def reset(session: AsyncSession) -> None:
    """Empty the projection before it is built again from a snapshot."""
    for statement in queries.EMPTY:
        await session.execute(statement)


REGISTRY = Source(
    service="registry",
    handlers={"registry.person": person_changed, "registry.spell": spell_changed},
    reset=reset,
)
