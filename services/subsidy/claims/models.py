"""Claims 补贴申报, what was decided on them and by whom, and the keys of the limits they use up."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlmodel import Field

from services.subsidy import columns
from services.subsidy.db import Base

_STATUSES = (
    "'draft', 'submitted', 'reviewed', 'checked', 'approved', 'in_batch', 'paid', 'failed', 'returned', 'refused', "
    "'rejected', 'withdrawn'"
)
_MONEY = (
    "CASE status WHEN 'approved' THEN coalesce(held_in, '') IN ('committed', 'returned') "
    "WHEN 'in_batch' THEN coalesce(held_in, '') IN ('committed', 'returned', 'in_transit') "
    "WHEN 'paid' THEN coalesce(held_in, '') = 'paid' "
    "WHEN 'failed' THEN coalesce(held_in, '') = 'returned' "
    "ELSE held_in IS NULL END"
)


class Claim(Base, table=True):
    """One claim to one benefit, in the region where it was made; it stays there when the person moves.

    Four eyes are held by the table as well: who made, submitted, reviewed or checked a claim does not approve it.
    `held_in` is the fund's account that the money of this claim lies in.
    """

    __tablename__ = "claim"
    __table_args__ = (
        columns.in_county(),
        ForeignKeyConstraint(["county_code", "payee_id"], ["payee.county_code", "payee.id"]),
        ForeignKeyConstraint(["county_code", "fund_id"], ["fund.county_code", "fund.id"]),
        CheckConstraint(f"status IN ({_STATUSES})", name="status"),
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint("amount_fen > 0", name="amount"),
        CheckConstraint("fare_fen >= 0", name="fare"),
        CheckConstraint(
            "approved_by IS NULL OR num_nulls(submitted_by, pack_digest, amount_fen, fund_id) = 0", name="approved"
        ),
        CheckConstraint(
            "(approved_by IS NOT NULL) = (status IN ('approved', 'in_batch', 'paid', 'failed'))", name="approval"
        ),
        CheckConstraint(
            "approved_by <> made_by AND approved_by <> submitted_by "
            "AND approved_by <> coalesce(reviewed_by, '') AND approved_by <> coalesce(checked_by, '')",
            name="four_eyes",
        ),
        CheckConstraint(_MONEY, name="money"),
        Index("ix_claim_id", "id"),
        Index("ix_claim_region_id", "region", "id"),
        Index("ix_claim_organisation_id_id", "organisation_id", "id"),
        Index("ix_claim_county_code_fund_id_status", "county_code", "fund_id", "status"),
    )

    county_code: str = columns.code(primary_key=True)
    id: UUID = Field(primary_key=True)
    region: str = columns.code()
    version: int = 1
    status: str
    benefit: str
    person_id: UUID
    organisation_id: UUID | None = Field(description="the claimant; null when the person claims")
    placement_id: UUID | None
    payee_id: UUID
    ticket_date: date | None
    fare_fen: int | None = columns.fen_or_none()
    made_by: str
    made_at: datetime = columns.moment()
    changed_on: date
    submitted_by: str | None = None
    reviewed_by: str | None = None
    checked_by: str | None = None
    approved_by: str | None = None
    pack: str | None = None
    pack_digest: str | None = None
    amount_fen: int | None = columns.fen_or_none()
    transfer: str | None = None
    limit_refusal: dict[str, Any] | None = columns.document_or_none()
    fund_id: UUID | None = None
    held_in: str | None = None


class ClaimEvidence(Base, table=True):
    """A file attached to a claim as one kind of proof 证明材料."""

    __tablename__ = "claim_evidence"
    __table_args__ = (
        columns.in_county(),
        ForeignKeyConstraint(["county_code", "claim_id"], ["claim.county_code", "claim.id"]),
    )

    county_code: str = columns.code(primary_key=True)
    claim_id: UUID = Field(primary_key=True)
    file_id: UUID = Field(primary_key=True)
    code: str
    region: str = columns.code()
    organisation_id: UUID | None


class ClaimDecision(Base, table=True):
    """What the pack said about a claim, when, on which facts of which versions. Append-only."""

    __tablename__ = "claim_decision"
    __table_args__ = (
        columns.in_county(),
        ForeignKeyConstraint(["county_code", "claim_id"], ["claim.county_code", "claim.id"]),
        CheckConstraint("occasion IN ('submission', 'approval', 'payment')", name="occasion"),
        CheckConstraint("outcome IN ('entitled', 'refused', 'incomplete')", name="outcome"),
        Index("ix_claim_decision_county_code_claim_id_id", "county_code", "claim_id", "id"),
    )

    county_code: str = columns.code(primary_key=True)
    id: UUID = Field(primary_key=True)
    claim_id: UUID
    region: str = columns.code()
    organisation_id: UUID | None
    occasion: str
    outcome: str
    decision: dict[str, Any] = columns.document()
    sources: dict[str, Any] = columns.document()
    made_at: datetime = columns.moment()


class ClaimAct(Base, table=True):
    """What was done with a claim, by whom, with which comment. Append-only."""

    __tablename__ = "claim_act"
    __table_args__ = (
        columns.in_county(),
        ForeignKeyConstraint(["county_code", "claim_id"], ["claim.county_code", "claim.id"]),
        UniqueConstraint("county_code", "claim_id", "version"),
    )

    county_code: str = columns.code(primary_key=True)
    id: UUID = Field(primary_key=True)
    claim_id: UUID
    version: int = Field(description="of the claim after the act")
    region: str = columns.code()
    organisation_id: UUID | None
    act: str
    status: str
    actor: str
    actor_region: str | None
    comment: str | None
    at: datetime = columns.moment()


class LimitKey(Base, table=True):
    """A use of a benefit that may be had so many times. It has no county: a limit holds across a move.

    It names ids only and carries no row-level security, so that a limit used up elsewhere is seen as used up.
    """

    __tablename__ = "limit_key"
    __table_args__ = (CheckConstraint("slot >= 1", name="slot"), Index("ix_limit_key_claim_id", "claim_id"))

    benefit: str = Field(primary_key=True)
    scope: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    slot: int = Field(primary_key=True)
    claim_id: UUID
