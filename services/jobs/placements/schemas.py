"""Placements as the API takes and shows them: to officers with the person, to organisations without."""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.jobs.events import OrganisationKind, PlacementStatus
from shared.money import Fen, FenIn

RegistryState = Literal["pending", "recorded", "refused"]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NewPlacement(_In):
    """A referral 推荐."""

    person_id: UUID
    posting_id: UUID


class Interview(_In):
    """面试. Today when no date is given."""

    interviewed_on: date | None = None


class Hire(_In):
    """录用."""

    hired_on: date
    monthly_wage: FenIn | None = None
    contract_signed: bool
    contract_from: date | None = None
    contract_to: date | None = None
    insured: bool = Field(description="是否参加社会保险")


class Decline(_In):
    """未录用或本人放弃."""

    reason: str = Field(min_length=2, max_length=300)


class NewFollowUp(_In):
    """跟踪回访: the work went on until this day. Rules: S003-S1a"""

    performed_until: date = Field(description="已履行至 the last day of performance")
    contract_signed: bool
    insured: bool
    proof_file_id: UUID | None = None


class End(_In):
    """离职."""

    ended_on: date
    reason: str = Field(min_length=2, max_length=200)


class Refusal(BaseModel):
    """Why the registry refused the hire 登记服务拒绝的原因."""

    code: str
    detail: str


class ReferralOut(BaseModel):
    """A placement as the organisation sees it: who it is stands in the officer's referral letter, not here."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    posting_id: UUID
    employer_name: str
    occupation: str
    status: PlacementStatus
    organised: bool = Field(description="有组织劳务输出")
    referred_on: date
    interviewed_on: date | None
    decline_reason: str | None
    hired_on: date | None
    monthly_wage: Fen | None = Field(validation_alias="monthly_wage_fen")
    contract_signed: bool
    contract_from: date | None
    contract_to: date | None
    insured: bool
    performed_until: date | None
    ended_on: date | None
    end_reason: str | None
    registry_state: RegistryState | None
    refusal: Refusal | None = Field(validation_alias="refusal_shown")


class PlacementOut(ReferralOut):
    """A placement as officers of the person's region see it."""

    person_id: UUID
    organisation_id: UUID
    organiser_kind: OrganisationKind
    organiser_filed: bool
    region: str
    work_region: str


class ReferralPage(BaseModel):
    """Some referrals, newest first."""

    items: list[ReferralOut]
    next: str | None


class PlacementPage(BaseModel):
    """Some placements, newest first."""

    items: list[PlacementOut]
    next: str | None


class FollowUpOut(BaseModel):
    """A follow-up as reported."""

    model_config = ConfigDict(from_attributes=True)

    performed_until: date
    contract_signed: bool
    insured: bool
    proof_file_id: UUID | None
    reported_on: date


class ProofOut(BaseModel):
    """A stored proof, to be named by a follow-up."""

    id: UUID


class OrganisationOfFacts(BaseModel):
    """Who organised the placement, as it is known now."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    kind: OrganisationKind
    filed: bool
    filed_region: str | None
    name: str


class PlacementFactsOut(BaseModel):
    """What a decision about money reads, fresh."""

    placement_id: UUID
    version: int
    status: PlacementStatus
    person_id: UUID
    organisation: OrganisationOfFacts
    region: str
    county_code: str
    work_region: str
    organised: bool
    hired_on: date | None
    ended_on: date | None
    performed_until: date | None
    contract_signed: bool
    insured: bool
