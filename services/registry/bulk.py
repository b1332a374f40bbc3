"""Many rows into a table by one statement: the rows travel as one JSON text and PostgreSQL makes them rows again."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Table, text
from sqlalchemy.ext.asyncio import AsyncSession


async def insert_rows(session: AsyncSession, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that all name the same columns. What they leave out takes the column's default."""
    if rows:
        columns = ", ".join(f'"{table.c[name].name}"' for name in rows[0])
        statement = (
            f"INSERT INTO {table.name} ({columns}) SELECT {columns} "  # noqa: S608 (names of our own tables)
            f"FROM jsonb_populate_recordset(CAST(NULL AS {table.name}), CAST(:rows AS jsonb))"
        )
        await session.execute(text(statement), {"rows": orjson.dumps(rows, _text).decode()})


def _text(value: object) -> str:
    """Bytes as PostgreSQL reads them from text; asyncpg's kind of UUID, which orjson does not know."""
    if isinstance(value, bytes):
        return "\\x" + value.hex()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(type(value).__name__)
