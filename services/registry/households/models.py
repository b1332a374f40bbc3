"""Households 家庭户: people living together as one. Their category 人员类别 is the household's, not the person's."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, PrimaryKeyConstraint, UniqueConstraint
from sqlmodel import Field

from services.registry import columns, events
from services.registry.db import Base


class Household(Base, table=True):
    """`number` is the household's number 户编号 in its village. `category_since`: the first day it is known to hold."""

    __tablename__ = "household"
    __table_args__ = (
        PrimaryKeyConstraint("county_code", "id"),
        UniqueConstraint("county_code", "region", "number"),
        Index(None, "id"),
        CheckConstraint(columns.COUNTY_OF_REGION, name="county_of_region"),
        columns.one_of("base", events.Base),
        columns.one_of("monitoring", events.Monitoring),
        CheckConstraint("monitoring <> 'unstable' OR base = 'poverty_alleviated'", name="unstable_is_alleviated"),
        CheckConstraint("monitoring <> 'marginal' OR base = 'ordinary'", name="marginal_is_ordinary"),
    )

    county_code: str = columns.code()
    id: UUID
    region: str = columns.code()
    number: str
    base: str
    monitoring: str | None = None
    category_since: date
    version: int = Field(default=1)
