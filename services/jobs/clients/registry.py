"""The registry, as jobs calls it: the spell of a placement, by the placement's id."""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from shared.client import ServiceClient
from shared.money import Fen


class SpellState(BaseModel):
    """The full state of the spell that a placement has brought about. The same state again changes nothing."""

    model_config = ConfigDict(from_attributes=True)

    person_id: UUID
    kind: Literal["unit"] = "unit"
    employer_name: str
    employer_uscc: str | None
    work_region: str
    started_on: date
    ended_on: date | None
    end_reason: str | None
    occupation: str | None
    monthly_wage: Fen | None
    contract_signed: bool
    contract_from: date | None
    contract_to: date | None
    insured: bool
    organised: bool
    channel: Literal["placement"] = "placement"


class RecordedSpell(BaseModel):
    """What the registry has made of it."""

    id: UUID
    placement_id: UUID
    version: int


async def put_spell(registry: ServiceClient, placement_id: UUID, spell: SpellState) -> RecordedSpell:
    """Raises `Answered` when the registry refuses, `Unavailable` or `BadGateway` when it cannot be had."""
    answer = await registry.request("PUT", f"/registry/v1/spells/{placement_id}", json=spell.model_dump(mode="json"))
    return RecordedSpell.model_validate(answer)
