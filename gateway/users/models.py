"""Officers' accounts. An account names a post, not a person: `title` is 弥勒市人社局 审核岗.

Officers are counted in thousands, so the table is not distributed by county and has no `county_code`.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Column, DateTime, Text
from sqlmodel import Field

from gateway.db import Base


class Account(Base, table=True):
    """One account. A password that somebody else has seen (`password_given`) must be changed before it lets in."""

    __tablename__ = "account"
    __table_args__ = (
        CheckConstraint("length(region) IN (2, 4, 6, 9, 12)", name="region_length"),
        CheckConstraint("username = lower(username)", name="username_lower"),
        CheckConstraint("department IN ('hrss', 'agriculture', 'finance')", name="department"),
        CheckConstraint(
            "cardinality(duties) > 0 AND duties <@ ARRAY['registrar', 'reviewer', 'finance', 'approver', 'reporter', "
            "'auditor', 'admin']::text[]",
            name="duties",
        ),
        CheckConstraint("version > 0", name="version"),
    )

    id: UUID = Field(primary_key=True)
    username: str = Field(unique=True)
    title: str
    region: str = Field(sa_column=Column(Text(collation="C"), nullable=False, index=True))
    department: str
    duties: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    password_hash: str
    password_given: bool
    disabled: bool = False
    version: int = 1
    made_by: str
    made_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
