"""Organisations as stored. They are public: nothing here names a person but what an organisation calls itself."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, DateTime, Index, Text, func, text
from sqlmodel import Field

from services.jobs.db import Base


class Organisation(Base, table=True):
    """An agency, employer, workshop, training provider, village committee or broker.

    `region` is the county that answers for it; once that county has filed it (备案), `filed_region` says so.
    Rules: S003-S1b
    """

    __tablename__ = "organisation"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('agency', 'employer', 'workshop', 'training_provider', 'village_committee', 'broker')",
            name="kind",
        ),
        CheckConstraint("region ~ '^[1-9][0-9]{5}$'", name="county"),
        CheckConstraint("status IN ('active', 'suspended')", name="status"),
        CheckConstraint("filed = (filed_region IS NOT NULL) AND filed = (filed_on IS NOT NULL)", name="filed"),
        CheckConstraint("filed_region IS NULL OR filed_region = region", name="filed_by_own_county"),
        CheckConstraint("NOT (filed AND refusal IS NOT NULL)", name="filed_or_refused"),
        CheckConstraint("version > 0", name="version"),
        Index("ix_organisation_region", "region", "id"),
        Index("uq_organisation_uscc", "uscc", unique=True, postgresql_where=text("uscc IS NOT NULL")),
    )

    id: UUID = Field(primary_key=True)
    version: int = 1
    kind: str
    name: str
    uscc: str | None = None
    licence_no: str | None = None
    contact_phone: str | None = None
    region: str = Field(sa_column=Column(Text(collation="C"), nullable=False))
    filed: bool = False
    filed_region: str | None = Field(default=None, sa_column=Column(Text(collation="C")))
    filed_on: date | None = None
    refusal: str | None = None
    status: str = "active"
    suspension: str | None = None
    made_by: str
    made_at: datetime | None = Field(
        default=None, sa_column=Column(DateTime(timezone=True), nullable=False, server_default=func.now())
    )
