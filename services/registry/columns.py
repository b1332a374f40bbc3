"""Columns and checks that the tables about people have in common."""

from typing import Any

from sqlalchemy import ARRAY, CheckConstraint, Column, LargeBinary, Text
from sqlmodel import Field

COUNTY_OF_REGION = "county_code = left(region, 6) AND length(region) = 12"


def code(**options: Any) -> Any:
    """A division's code, compared by bytes."""
    column = Column(Text(collation="C"), **({"nullable": False} | options))
    return Field(default=None, sa_column=column) if column.nullable else Field(sa_column=column)


def sealed(*, nullable: bool = False) -> Any:
    """Encrypted under the keyring, or a keyed digest of it."""
    column = Column(LargeBinary, nullable=nullable)
    return Field(default=None, sa_column=column) if nullable else Field(sa_column=column)


def words() -> Any:
    return Field(default=[], sa_column=Column(ARRAY(Text), nullable=False, server_default="{}"))


def one_of(column: str, values: type[Any]) -> CheckConstraint:
    """The column holds one of an enumeration's values (or NULL, where the column may)."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def work_place(column: str = "work_region") -> CheckConstraint:
    return CheckConstraint(f"length({column}) IN (2, 4, 6, 9, 12)", name=column)
