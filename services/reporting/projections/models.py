"""The tables of the projections.

`fact` and `subject` follow subjects by id, wherever they are managed, and hold ids, dates and codes only. They are the
worker's: requests have no right to them. What officers read is `increment`, which holds no person.
"""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, PrimaryKeyConstraint, SmallInteger, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.reporting.db import Base


class Fact(Base, table=True):
    """The versions that one source's subject has been seen in, as far as they are of use."""

    __tablename__ = "fact"
    __table_args__ = (PrimaryKeyConstraint("source", "id"),)

    source: str = Field(sa_column=Column(Text, nullable=False))
    id: UUID
    subject_id: UUID | None = Field(
        default=None,
        sa_column=Column(Uuid, index=True, comment="whose history it belongs to; NULL until an owner is named"),
    )
    versions: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))


class Subject(Base, table=True):
    """What a person or a payment has been counted as, by indicator: `[region, month, lasting, value]`."""

    __tablename__ = "subject"

    id: UUID = Field(primary_key=True)
    counted: dict[str, list[tuple[str, str, bool, int]]] = Field(sa_column=Column(JSONB, nullable=False))


class Increment(Base, table=True):
    """What a month adds to an indicator in a region of any level.

    A lasting increment counts in every period from its month on, another to the end of its year. The key begins with
    the level, so that the places directly below one lie together however many places lie below those.
    """

    __tablename__ = "increment"
    __table_args__ = (
        PrimaryKeyConstraint("level", "region", "indicator", "month", "lasting"),
        CheckConstraint("level = length(region) AND level IN (2, 4, 6, 9, 12)", name="level_of_region"),
        CheckConstraint("extract(day FROM month) = 1", name="first_of_month"),
    )

    level: int = Field(sa_column=Column(SmallInteger, nullable=False))
    region: str = Field(sa_column=Column(Text(collation="C"), nullable=False))
    indicator: str
    month: date
    lasting: bool
    value: int = Field(sa_column=Column(BigInteger, nullable=False))
