"""Postings as stored. Money is fen; `monthly_fen` is the upper wage brought to a month, for ranking only."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.jobs.db import Base

PUBLISHED = text("status = 'published'")


def _texts() -> Any:
    return Field(sa_column=Column(ARRAY(Text), nullable=False))


def _fen() -> Any:
    return Field(sa_column=Column(BigInteger, nullable=False))


class Posting(Base, table=True):
    """One kind of job at one place, for `headcount` people. `region` is the county that reviews it."""

    __tablename__ = "posting"
    __table_args__ = (
        UniqueConstraint("organisation_id", "external_id"),
        CheckConstraint(
            "status IN ('draft', 'in_review', 'published', 'paused', 'filled', 'expired', 'closed', 'rejected')",
            name="status",
        ),
        CheckConstraint("kind IN ('unit', 'workshop', 'public_post', 'part_time')", name="kind"),
        CheckConstraint("region ~ '^[1-9][0-9]{5}$'", name="county"),
        CheckConstraint("length(work_region) IN (2, 4, 6, 9, 12)", name="work_region"),
        CheckConstraint("headcount > 0 AND filled BETWEEN 0 AND headcount", name="filled"),
        CheckConstraint("wage_from_fen > 0 AND wage_to_fen >= wage_from_fen AND monthly_fen > 0", name="wage"),
        CheckConstraint("wage_unit IN ('month', 'day', 'hour')", name="wage_unit"),
        CheckConstraint("min_age >= 16 AND (max_age IS NULL OR max_age >= min_age)", name="age"),
        CheckConstraint(
            "cardinality(capacities) > 0 AND capacities <@ ARRAY['skilled', 'normal', 'weak', 'half']",
            name="capacities",
        ),
        CheckConstraint("(kind = 'public_post') = (public_post IS NOT NULL)", name="public_post"),
        CheckConstraint("status <> 'rejected' OR cardinality(rejection) > 0", name="rejection"),
        CheckConstraint(
            "status NOT IN ('published', 'paused', 'filled') OR published_on IS NOT NULL", name="published"
        ),
        CheckConstraint("version > 0", name="version"),
        Index("ix_posting_organisation_id", "organisation_id", "id"),
        Index("ix_posting_region", "region", "id"),
        Index("ix_posting_open_place", "work_region", "id", postgresql_where=PUBLISHED),
        Index("ix_posting_open_wage", text("monthly_fen DESC"), "id", postgresql_where=PUBLISHED),
        Index("ix_posting_open_skills", "skills", postgresql_using="gin", postgresql_where=PUBLISHED),
        Index("ix_posting_valid_through", "valid_through"),
    )

    id: UUID = Field(primary_key=True)
    version: int = 1
    organisation_id: UUID = Field(sa_column=Column(ForeignKey("organisation.id"), nullable=False))
    external_id: str
    region: str = Field(sa_column=Column(Text(collation="C"), nullable=False))
    status: str = "in_review"
    filled: int = 0
    kind: str
    title: str
    occupation: str
    occupation_code: str | None = None
    employer_name: str
    employer_uscc: str | None = None
    work_region: str = Field(sa_column=Column(Text(collation="C"), nullable=False))
    work_address: str | None = None
    headcount: int
    wage_from_fen: int = _fen()
    wage_to_fen: int = _fen()
    wage_unit: str
    monthly_fen: int = _fen()
    hours: str | None = None
    contract: str
    insurance: list[str] = _texts()
    board: bool
    lodging: bool
    requirements: str | None = None
    min_age: int
    max_age: int | None = None
    skills: list[str] = _texts()
    capacities: list[str] = _texts()
    valid_through: date
    contact_phone: str
    public_post: dict[str, str] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    published_on: date | None = None
    rejection: list[str] = Field(
        default_factory=list, sa_column=Column(ARRAY(Text), nullable=False, server_default=text("'{}'"))
    )
    made_at: datetime | None = Field(
        default=None, sa_column=Column(DateTime(timezone=True), nullable=False, server_default=func.now())
    )


class PostingBatch(Base, table=True):
    """What became of each posting of one request, so that a repetition is answered alike. Refused items keep their
    position, the organisation's own id and the reasons; nothing else of them is kept."""

    __tablename__ = "posting_batch"
    __table_args__ = (Index("ix_posting_batch_organisation_id", "organisation_id", "id"),)

    id: UUID = Field(primary_key=True)
    organisation_id: UUID = Field(sa_column=Column(ForeignKey("organisation.id"), nullable=False))
    results: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    made_at: datetime | None = Field(
        default=None, sa_column=Column(DateTime(timezone=True), nullable=False, server_default=func.now())
    )
