"""Columns that tables of this service share: region codes compare by bytes, money is fen, times carry their zone."""

from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Column, DateTime, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field


def code(**options: Any) -> Any:
    """A region code."""
    return Field(sa_column=Column(Text(collation="C"), **({"nullable": False} | options)))


def fen() -> Any:
    return Field(sa_column=Column(BigInteger, nullable=False))


def fen_or_none() -> Any:
    return Field(default=None, sa_column=Column(BigInteger))


def moment() -> Any:
    return Field(sa_column=Column(DateTime(timezone=True), nullable=False))


def document() -> Any:
    return Field(sa_column=Column(JSONB, nullable=False))


def document_or_none() -> Any:
    return Field(default=None, sa_column=Column(JSONB(none_as_null=True)))


def in_county() -> CheckConstraint:
    """The county is that of the region."""
    return CheckConstraint("length(region) IN (6, 9, 12) AND county_code = left(region, 6)", name="county")


def is_county() -> CheckConstraint:
    return CheckConstraint("length(county_code) = 6", name="county")
