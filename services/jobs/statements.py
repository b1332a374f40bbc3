"""Pieces of statements that are built once and used with any filters."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, or_

FIRST, LAST = UUID(int=0), UUID(int=2**128 - 1)
"""Where a list that is ordered by id begins, forwards and backwards."""


def if_given(column: Any, name: str) -> ColumnElement[bool]:
    """The column equals the parameter, or the parameter is None."""
    parameter: ColumnElement[Any] = bindparam(name, type_=column.type)
    return or_(parameter.is_(None), column == parameter)
