"""Placements as stored. The region of the act is the person's managing region when referred, and stays."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlmodel import Field

from services.jobs.db import Base


def _code() -> Any:
    return Field(sa_column=Column(Text(collation="C"), nullable=False))


class Placement(Base, table=True):
    """One person and one posting, from referral to end. No foreign key leads to the posting: postings are not divided
    by county, placements are. `registry_state` says whether the registry has the present state of the spell.

    Rules: S003-S1a, S003-S1b
    """

    __tablename__ = "placement"
    __table_args__ = (
        PrimaryKeyConstraint("county_code", "id"),
        CheckConstraint("county_code = left(region, 6)", name="county"),
        CheckConstraint(
            "status IN ('referred', 'interviewed', 'declined', 'hired', 'hire_refused', 'ended')", name="status"
        ),
        CheckConstraint("registry_state IN ('pending', 'recorded', 'refused')", name="registry_state"),
        CheckConstraint(
            "(status IN ('hired', 'hire_refused', 'ended')) = (hired_on IS NOT NULL) "
            "AND (hired_on IS NULL) = (registry_state IS NULL)",
            name="hired",
        ),
        CheckConstraint("(status = 'ended') <= (ended_on IS NOT NULL) AND ended_on >= hired_on", name="ended"),
        CheckConstraint("performed_until >= hired_on", name="performed"),
        CheckConstraint("(status = 'declined') = (decline_reason IS NOT NULL)", name="declined"),
        CheckConstraint("(registry_state = 'refused') = (refusal IS NOT NULL)", name="refusal"),
        CheckConstraint("contract_from IS NULL OR contract_signed", name="contract"),
        CheckConstraint("contract_to >= contract_from", name="contract_dates"),
        CheckConstraint("version > 0", name="version"),
        Index("ix_placement_id", "id"),
        Index("ix_placement_region", "region", "id"),
        Index("ix_placement_organisation_id", "organisation_id", "id"),
        Index("ix_placement_posting_id", "posting_id"),
        Index("ix_placement_pending", "reported_at", "id", postgresql_where=text("registry_state = 'pending'")),
        Index(
            "uq_placement_open_referral",
            "county_code",
            "person_id",
            "posting_id",
            unique=True,
            postgresql_where=text("status IN ('referred', 'interviewed', 'hired')"),
        ),
    )

    county_code: str = _code()
    id: UUID
    version: int = 1
    region: str = _code()
    person_id: UUID
    posting_id: UUID
    organisation_id: UUID
    organiser_kind: str
    organiser_filed: bool
    organised: bool
    work_region: str = _code()
    employer_name: str
    employer_uscc: str | None = None
    occupation: str
    status: str = "referred"
    referred_on: date
    referred_by: str
    interviewed_on: date | None = None
    decline_reason: str | None = None
    hired_on: date | None = None
    monthly_wage_fen: int | None = Field(default=None, sa_column=Column(BigInteger))
    contract_signed: bool = False
    contract_from: date | None = None
    contract_to: date | None = None
    insured: bool = False
    performed_until: date | None = None
    ended_on: date | None = None
    end_reason: str | None = None
    registry_state: str | None = None
    recorded_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    refusal: str | None = None
    refusal_text: str | None = None
    reported_at: datetime | None = Field(
        default=None, sa_column=Column(DateTime(timezone=True), nullable=False, server_default=func.now())
    )

    @property
    def refusal_shown(self) -> dict[str, str] | None:
        if self.refusal is None:
            return None
        return {"code": self.refusal, "detail": self.refusal_text or ""}


class FollowUp(Base, table=True):
    """The employer's word that the work went on until a day, with proof where there is one.

    Rules: S003-S1a
    """

    __tablename__ = "follow_up"
    __table_args__ = (
        PrimaryKeyConstraint("county_code", "id"),
        ForeignKeyConstraint(["county_code", "placement_id"], ["placement.county_code", "placement.id"]),
        UniqueConstraint("county_code", "placement_id", "performed_until"),
        CheckConstraint("county_code = left(region, 6)", name="county"),
    )

    county_code: str = _code()
    id: UUID
    placement_id: UUID
    region: str = _code()
    organisation_id: UUID
    performed_until: date
    contract_signed: bool
    insured: bool
    proof_file_id: UUID | None = None
    reported_on: date


class OpenHire(Base, table=True):
    """One person works in one placement at a time, wherever they move: claimed at the hire, given back at its end.

    A key table of its own, without county, for a key that is unique in the whole province.
    """

    __tablename__ = "open_hire"

    person_id: UUID = Field(primary_key=True)
    placement_id: UUID = Field(unique=True)
