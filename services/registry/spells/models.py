"""Spells 就业记录: each time that a person was employed, and where."""

from datetime import date
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    text,
)
from sqlmodel import Field

from services.registry import columns, events
from services.registry.db import Base


class Spell(Base, table=True):
    """`region` is the person's managing village. `started` says how well the first day is known."""

    __tablename__ = "spell"
    __table_args__ = (
        PrimaryKeyConstraint("county_code", "id"),
        ForeignKeyConstraint(["county_code", "person_id"], ["person.county_code", "person.id"]),
        Index(None, "id"),
        Index(None, "county_code", "person_id"),
        Index(
            "uq_spell_open_unit",
            "county_code",
            "person_id",
            unique=True,
            postgresql_where=text("kind = 'unit' AND ended_on IS NULL"),
        ),
        Index("ix_spell_work_region", "work_region", "id", postgresql_where=text("ended_on IS NULL")),
        CheckConstraint(columns.COUNTY_OF_REGION, name="county_of_region"),
        columns.one_of("kind", events.SpellKind),
        columns.one_of("channel", events.Channel),
        columns.one_of("transfer", events.Transfer),
        columns.work_place(),
        CheckConstraint("started IN ('day', 'month', 'known_by')", name="started"),
        CheckConstraint("ended_on >= started_on", name="ended_on"),
        CheckConstraint("end_reason IS NULL OR ended_on IS NOT NULL", name="end_reason"),
        CheckConstraint("contract_to >= contract_from", name="contract"),
        CheckConstraint("(channel = 'placement') = (placement_id IS NOT NULL)", name="placement"),
        CheckConstraint("monthly_wage_fen >= 0", name="monthly_wage_fen"),
        CheckConstraint("verified_by <> recorded_by", name="second_person"),
    )

    county_code: str = columns.code()
    id: UUID
    region: str = columns.code()
    person_id: UUID
    placement_id: UUID | None = None
    kind: str
    employer_name: str | None = None
    employer_uscc: str | None = None
    work_region: str | None = columns.code(nullable=True)
    work_place: str | None = None
    started_on: date
    started: str = "day"
    ended_on: date | None = None
    end_reason: str | None = None
    occupation: str | None = None
    monthly_wage_fen: int | None = Field(default=None, sa_column=Column(BigInteger))
    contract_signed: bool = False
    contract_from: date | None = None
    contract_to: date | None = None
    insured: bool = False
    organised: bool = False
    channel: str
    transfer: str | None = None
    recorded_by: str
    verified_by: str | None = None
    version: int = 1


class PlacementKey(Base, table=True):
    """One placement, one spell in the whole deployment."""

    __tablename__ = "placement_key"

    placement_id: UUID = Field(primary_key=True)
    spell_id: UUID
    person_id: UUID
    county_code: str = columns.code()
