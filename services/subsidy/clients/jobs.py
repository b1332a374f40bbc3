"""What this service asks of jobs: a placement's facts for a decision."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel

from shared.client import Answered, ServiceClient
from shared.errors import NotFound


class Organiser(BaseModel):
    """The organisation of a placement."""

    id: UUID
    kind: str
    filed: bool


class PlacementFacts(BaseModel):
    """A placement, as far as a benefit asks for it. `region` is that of the act and stays."""

    placement_id: UUID
    version: int
    status: str
    person_id: UUID
    organisation: Organiser
    region: str
    county_code: str
    organised: bool
    hired_on: date | None
    ended_on: date | None
    performed_until: date | None


async def placement(client: ServiceClient, placement_id: UUID, acting_for: str) -> PlacementFacts:
    """Raises `NotFound`, or `Unavailable` when jobs does not answer."""
    try:
        found = await client.request("GET", f"/jobs/internal/placements/{placement_id}/facts", acting_for=acting_for)
    except Answered as refusal:
        if refusal.answer_status == 404:
            raise NotFound from None
        raise
    return PlacementFacts.model_validate(found)
