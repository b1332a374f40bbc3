"""What this service asks of the registry: a person's facts for a decision, names for a bank file."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from pydantic import BaseModel

from shared.client import Answered, ServiceClient
from shared.errors import NotFound

_AT_ONCE = 200


class Spell(BaseModel):
    """One time of employment, as far as a benefit asks for it."""

    id: UUID
    version: int
    placement_id: UUID | None
    started_on: date
    ended_on: date | None
    transfer: str | None
    verified: bool


class PersonFacts(BaseModel):
    """A person's facts, without anything that identifies."""

    person_id: UUID
    version: int
    alive: bool
    base: str
    region: str
    county_code: str
    spells: list[Spell]


async def person(client: ServiceClient, person_id: UUID, acting_for: str) -> PersonFacts:
    """Raises `NotFound`, or `Unavailable` when the registry does not answer."""
    try:
        found = await client.request("GET", f"/registry/internal/persons/{person_id}/facts", acting_for=acting_for)
    except Answered as refusal:
        if refusal.answer_status == 404:
            raise NotFound from None
        raise
    return PersonFacts.model_validate(found)


async def names_for_payment(client: ServiceClient, people: Collection[UUID], acting_for: str) -> dict[UUID, str]:
    """Full names for a bank file; the registry audits it under the purpose `payment`."""
    found: dict[UUID, str] = {}
    ids = [str(each) for each in sorted(people)]
    for start in range(0, len(ids), _AT_ONCE):
        body = {"ids": ids[start : start + _AT_ONCE], "purpose": "payment"}
        answer = await client.request("POST", "/registry/internal/persons/batch", json=body, acting_for=acting_for)
        found |= {UUID(each["id"]): each["name"] for each in answer}
    return found
