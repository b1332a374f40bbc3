"""What jobs tells the others. Nothing here names a person; organisations are public."""

from datetime import date
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel

from shared.feed import Event

OrganisationKind = Literal["agency", "employer", "workshop", "training_provider", "village_committee", "broker"]
PostingStatus = Literal["draft", "in_review", "published", "paused", "filled", "expired", "closed", "rejected"]
PostingKind = Literal["unit", "workshop", "public_post", "part_time"]
PlacementStatus = Literal["referred", "interviewed", "declined", "hired", "hire_refused", "ended"]


class OrganisationFacts(BaseModel):
    kind: OrganisationKind
    filed: bool
    filed_region: str | None
    status: Literal["active", "suspended"]


class PostingFacts(BaseModel):
    organisation_id: UUID
    status: PostingStatus
    work_region: str
    kind: PostingKind
    occupation: str
    headcount: int
    filled: int
    valid_through: date


class PlacementFacts(BaseModel):
    person_id: UUID
    posting_id: UUID
    organisation_id: UUID
    organiser_kind: OrganisationKind
    organiser_filed: bool
    status: PlacementStatus
    organised: bool
    referred_on: date
    hired_on: date | None
    ended_on: date | None
    performed_until: date | None
    contract_signed: bool
    insured: bool
    refusal: str | None


class OrganisationEvent(Event):
    type: ClassVar[str] = "jobs.organisation"
    after: OrganisationFacts | None


class PostingEvent(Event):
    type: ClassVar[str] = "jobs.posting"
    after: PostingFacts | None


class PlacementEvent(Event):
    """`region` is the person's managing region when referred: an act stays where it was made."""

    type: ClassVar[str] = "jobs.placement"
    after: PlacementFacts | None


EVENTS = (OrganisationEvent, PostingEvent, PlacementEvent)
