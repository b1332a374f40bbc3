"""Divisions 行政区划, province to village, as they were on any date.

Villages are those published for 2023; the publisher has since stopped, so a place adds its own with validity, type and
predecessors. Reference data: the same for everybody, no row-level security.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Column, DateTime, ForeignKey, Text
from sqlmodel import Field

from services.registry.db import Base
from shared import clock


def code_column(*, reference: bool = False, **options: Any) -> Any:
    """A division's code, compared by bytes; with `reference` it must name a division."""
    keys = [ForeignKey("division.code")] if reference else []
    return Field(sa_column=Column(Text(collation="C"), *keys, **options))


class Division(Base, table=True):
    """One division. `issuer` is empty for national data, and names the region that added a local management unit."""

    __tablename__ = "division"
    __table_args__ = (
        CheckConstraint("length(code) IN (2, 4, 6, 9, 12)", name="code_length"),
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="validity"),
    )

    code: str = code_column(primary_key=True)
    name: str
    level: str
    parent_code: str | None = Field(default=None, sa_column=Column(Text(collation="C"), index=True))
    issuer: str | None = None
    valid_from: date
    valid_to: date | None = None


class DivisionType(Base, table=True):
    """What a division counted as, from when to when: 脱贫村, 有任务村, 易地搬迁安置点."""

    __tablename__ = "division_type"
    __table_args__ = (
        CheckConstraint("kind IN ('poor', 'tasked', 'resettlement')", name="kind"),
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="validity"),
    )

    code: str = code_column(reference=True, primary_key=True)
    kind: str = Field(primary_key=True)
    valid_from: date = Field(primary_key=True)
    valid_to: date | None = None


class DivisionSuccession(Base, table=True):
    """Which division took over from which, by merging, splitting or renaming."""

    __tablename__ = "division_succession"
    __table_args__ = (CheckConstraint("code <> predecessor", name="another"),)

    code: str = code_column(reference=True, primary_key=True)
    predecessor: str = code_column(reference=True, primary_key=True, index=True)


class RegionLoad(Base, table=True):
    """Loading of provinces from the committed data. `last_code` is where a restarted job goes on."""

    __tablename__ = "region_load"
    __table_args__ = (
        CheckConstraint("state IN ('queued', 'running', 'done', 'failed')", name="state"),
        CheckConstraint("done >= 0 AND (total IS NULL OR done <= total)", name="progress"),
    )

    id: UUID = Field(primary_key=True)
    provinces: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    made_by: str
    made_at: datetime = Field(
        default_factory=clock.system_now, sa_column=Column(DateTime(timezone=True), nullable=False)
    )
    state: str = "queued"
    total: int | None = None
    done: int = 0
    last_code: str = code_column(nullable=False, server_default="")
