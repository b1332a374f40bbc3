"""Divisions 行政区划, province to village, as they were on any date.

Villages are those published for 2023; the publisher has since stopped, so a place adds its own with validity, type and
predecessors. Reference data: the same for everybody, no row-level security.
"""

from datetime import date

from sqlalchemy import CheckConstraint, Column, Text
from sqlmodel import Field

from services.registry.db import Base
from shared.regions import Level


class Division(Base, table=True):
    """One division. `issuer` is empty for national data, and names who added a local management unit."""

    __tablename__ = "division"
    __table_args__ = (
        CheckConstraint("length(code) IN (2, 4, 6, 9, 12)", name="code_length"),
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="validity"),
    )

    code: str = Field(sa_column=Column(Text(collation="C"), primary_key=True))
    name: str
    level: str
    parent_code: str | None = Field(default=None, sa_column=Column(Text(collation="C"), index=True))
    issuer: str | None = None
    valid_from: date
    valid_to: date | None = None

    @property
    def level_name(self) -> Level:
        return Level(self.level)
