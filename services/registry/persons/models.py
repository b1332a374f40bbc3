"""Registered laborers 劳动力. Names, numbers and phones lie encrypted; numbers and phones are found by fingerprint."""

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
    LargeBinary,
    PrimaryKeyConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.registry import columns, events
from services.registry.db import Base
from services.registry.persons.identity import IdType


class Person(Base, table=True):
    """One person. `region` is the managing village 管理地, whose chain sees them in full.

    `present_spell` is the present employment; `work_region` and `transfer` are copied from it, `base` and `monitoring`
    from the household. `verifying_region` is whose officers verify the first registration. `words` keeps what was
    written where a code says less.
    """

    __tablename__ = "person"
    __table_args__ = (
        PrimaryKeyConstraint("county_code", "id"),
        ForeignKeyConstraint(["county_code", "household_id"], ["household.county_code", "household.id"]),
        Index(None, "id"),
        Index("ix_person_region_id", "region", "id", postgresql_include=["work_region"]),
        Index("ix_person_guest", "work_region", "id", postgresql_where=text("work_region IS DISTINCT FROM region")),
        Index("ix_person_verifying", "verifying_region", "id", postgresql_where=text("verified_at IS NULL")),
        Index(None, "county_code", "household_id"),
        Index(None, "phone_hmac"),
        CheckConstraint(columns.COUNTY_OF_REGION, name="county_of_region"),
        CheckConstraint("sex IN ('male', 'female')", name="sex"),
        CheckConstraint("birth IS NULL OR extract(year FROM birth) = birth_year", name="birth"),
        columns.one_of("id_type", IdType),
        columns.one_of("base", events.Base),
        columns.one_of("monitoring", events.Monitoring),
        columns.one_of("labor_capacity", events.LaborCapacity),
        columns.one_of("mobility", events.Mobility),
        columns.one_of("status", events.Status),
        columns.one_of("initial_status", events.Status),
        columns.one_of("transfer", events.Transfer),
        columns.one_of("intent_place", events.IntentPlace),
        columns.work_place(),
        CheckConstraint("(status = 'employed') = (present_spell IS NOT NULL)", name="employed"),
        CheckConstraint("status = 'employed' OR (work_region IS NULL AND transfer IS NULL)", name="work_of_employed"),
        CheckConstraint("alive = (status <> 'deceased')", name="alive"),
        CheckConstraint("verified_by <> surveyor", name="second_person"),
        CheckConstraint("(verified_by IS NULL) = (verified_at IS NULL)", name="verified"),
        CheckConstraint("wish_wage_fen >= 0", name="wish_wage_fen"),
    )

    county_code: str = columns.code()
    id: UUID
    region: str = columns.code()
    household_id: UUID
    base: str
    monitoring: str | None = None
    kinship: str
    hukou_region: str = columns.code()
    residence_region: str | None = columns.code(nullable=True)
    id_type: str
    id_sealed: bytes = columns.sealed()
    id_hmac: bytes = columns.sealed()
    name_sealed: bytes = columns.sealed()
    phone_sealed: bytes | None = columns.sealed(nullable=True)
    phone_hmac: bytes | None = columns.sealed(nullable=True)
    phone_whose: str | None = None
    sex: str
    birth: date | None = None
    birth_year: int
    ethnicity: str | None = None
    political_status: str | None = None
    education: str | None = None
    health: str | None = None
    labor_capacity: str
    words: dict[str, Any] = Field(default={}, sa_column=Column(JSONB, nullable=False, server_default="{}"))
    mobility: str | None = None
    mobility_set: bool = False
    status: str
    status_reason: str | None = None
    initial_status: str
    present_spell: UUID | None = None
    work_region: str | None = columns.code(nullable=True)
    transfer: str | None = None
    intent_place: str | None = None
    service_needs: list[str] = columns.words()
    skills: list[str] = columns.words()
    wish_wage_fen: int | None = Field(default=None, sa_column=Column(BigInteger))
    alive: bool = True
    registered_on: date
    surveyor: str
    import_id: UUID | None = None
    verifying_region: str = columns.code()
    verified_by: str | None = None
    verified_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    version: int = 1


class PersonKey(Base, table=True):
    """One number, one person in the whole deployment. Without county, or a number could come in twice by moving."""

    __tablename__ = "person_key"

    id_hmac: bytes = Field(sa_column=Column(LargeBinary, primary_key=True))
    person_id: UUID
    county_code: str = columns.code()
