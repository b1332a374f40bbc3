"""Reads in their shortest form: a statement compiled once, run on asyncpg itself.

For what is read most often and needs no session. A session costs several times what PostgreSQL takes for such a read
(`make bench-registry`): an execution context, its own results and three context managers for each request.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select
from sqlalchemy.dialects.postgresql.asyncpg import dialect


class Read:
    """A SELECT in PostgreSQL's text, and what stands at each of its parameters: `Database.read` runs it.

    Values go in and come out as asyncpg has them: columns of JSON, enums and other types that SQLAlchemy converts are
    not for it.
    """

    __slots__ = ("_order", "sql")

    def __init__(self, statement: Select[Any]) -> None:
        compiled = statement.compile(dialect=dialect())  # type: ignore[no-untyped-call]
        self.sql = str(compiled)
        self._order = tuple(compiled.positiontup or ())

    def arguments(self, values: Mapping[str, object]) -> list[object]:
        return [values[name] for name in self._order]
