"""Imports: taken in by upload, shown, and their refused rows given back."""

import asyncio
import hashlib
from collections.abc import Iterator
from io import BytesIO
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.imports import error_workbook, layout, queries
from services.registry.imports.annex2 import CellError, RefusedRow
from services.registry.imports.models import PersonImport
from services.registry.tasks import queue
from shared import audit, clock, ids, regions
from shared.auth import Principal
from shared.errors import NotFound, Text
from shared.files import FileStore
from shared.regions import LENGTH, Level
from shared.spreadsheet import Row, read_rows

KIND = "person_import"
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_VILLAGE = LENGTH[Level.VILLAGE]


class Uploaded(NamedTuple):
    """An import, and whether this very file had been uploaded before."""

    found: PersonImport
    repeated: bool


async def upload(session: AsyncSession, files: FileStore, caller: Principal, region: str, content: bytes) -> Uploaded:
    """Store a workbook and enqueue its import. The same file by the same officer is recognised and not taken again."""
    digest = hashlib.sha256(content).digest()
    same: dict[str, Any] = {"made_by": caller.subject, "region": region, "sha256": digest}
    found = (await session.execute(queries.SAME, same)).scalar_one_or_none()
    if found is not None:
        return Uploaded(found, repeated=True)
    file_id = await files.put(session, content, kind=KIND, media_type=MEDIA_TYPE, made_by=caller.subject, region=region)
    made = PersonImport(id=ids.new_id(), file_id=file_id, made_at=clock.system_now(), **same)
    session.add(made)
    await session.flush()
    await queue.defer(session, "import_people", import_id=str(made.id))
    await audit.record(session, "registry:import:upload", caller, made.id, sha256=digest.hex())
    return Uploaded(made, repeated=False)


async def get(session: AsyncSession, import_id: UUID, within: str) -> PersonImport:
    """Raises `NotFound`."""
    low, high = regions.bounds(within)
    found = (await session.execute(queries.ONE, {"id": import_id, "low": low, "high": high})).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


async def errors_workbook(session: AsyncSession, files: FileStore, found: PersonImport) -> bytes:
    """The refused rows as they stood in the file, with the reasons: read again from the stored file."""
    refusals = (await session.execute(queries.REFUSALS, {"id": found.id})).scalars()
    errors = {refusal.row: _errors(refusal.errors) for refusal in refusals}
    content = await files.get(session, found.file_id)
    return await asyncio.to_thread(_write, content, errors, default_village(found.region))


def default_village(region: str) -> str | None:
    """A village's import may leave out the column of village codes."""
    return region if len(region) == _VILLAGE else None


def _write(content: bytes, errors: dict[int, tuple[CellError, ...]], village: str | None) -> bytes:
    target = BytesIO()
    with read_rows(content) as sheet:
        rows = iter(sheet)
        first = [row for row, _ in zip(rows, range(layout.SEARCHED_ROWS), strict=False)]
        found = layout.parse_header(first, default_village=village)
        error_workbook.write(target, found, _refused([*first], rows, errors))
    return target.getvalue()


def _refused(first: list[Row], rest: Iterator[Row], errors: dict[int, tuple[CellError, ...]]) -> Iterator[RefusedRow]:
    for rows in (first, rest):
        for row in rows:
            if row.number in errors:
                yield RefusedRow(row, errors[row.number])


def _errors(stored: list[list[str]]) -> tuple[CellError, ...]:
    return tuple(CellError(column, Text(zh, en), code) for column, code, zh, en in stored)
