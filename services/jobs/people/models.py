"""The projection of `registry.person` and `registry.spell`: facts for matching, none that identifies."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, Column, Index, PrimaryKeyConstraint, Text, text
from sqlmodel import Field

from services.jobs.db import Base


def _code(*, nullable: bool = False) -> Any:
    return Field(default=None, sa_column=Column(Text(collation="C"), nullable=nullable))


class Person(Base, table=True):
    """A person as the registry last told. `region` is the managing village, `work_region` where they work now."""

    __tablename__ = "person_projection"
    __table_args__ = (
        PrimaryKeyConstraint("county_code", "person_id"),
        CheckConstraint("county_code = left(region, 6)", name="county"),
        Index("ix_person_projection_person_id", "person_id"),
        Index("ix_person_projection_region", "region", "person_id"),
        Index(
            "ix_person_projection_seeking",
            "region",
            "person_id",
            postgresql_where=text("alive AND status = 'unemployed'"),
        ),
    )

    county_code: str = _code()
    person_id: UUID
    region: str = _code()
    work_region: str | None = _code(nullable=True)
    version: int
    birth_year: int
    labor_capacity: str
    mobility: str | None = None
    base: str
    monitoring: str | None = None
    status: str
    alive: bool
    verified: bool
    transfer: str | None = None
    intent_place: str | None = None
    service_needs: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    skills: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    wish_wage_fen: int | None = Field(default=None, sa_column=Column(BigInteger))


class Spell(Base, table=True):
    """A time of employment as the registry last told."""

    __tablename__ = "spell_projection"
    __table_args__ = (
        PrimaryKeyConstraint("county_code", "spell_id"),
        CheckConstraint("county_code = left(region, 6)", name="county"),
        Index("ix_spell_projection_spell_id", "spell_id"),
        Index("ix_spell_projection_open", "person_id", postgresql_where=text("ended_on IS NULL")),
    )

    county_code: str = _code()
    spell_id: UUID
    region: str = _code()
    work_region: str | None = _code(nullable=True)
    version: int
    person_id: UUID
    placement_id: UUID | None = None
    kind: str
    started_on: date
    ended_on: date | None = None
    transfer: str | None = None


class Gone(Base, table=True):
    """Subjects that the registry has removed, and at which version: an older event must not bring them back."""

    __tablename__ = "projection_gone"

    subject: UUID = Field(primary_key=True)
    version: int
