"""The import job: chunks that each commit with the place reached, so that no row is lost or taken twice.

A chunk locks the import first and settles rows behind its `position` only. A job that died is run again by the queue:
rows up to the position are read past, and of them only the ID numbers that went in are remembered, to know what is
repeated within the file.
"""

import asyncio
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.bulk import insert_rows
from services.registry.imports import queries, service
from services.registry.imports.annex2 import CellError, People, PersonRow, RefusedRow, iter_rows
from services.registry.imports.checks import Checker
from services.registry.imports.models import PersonImport
from services.registry.imports.people import registration
from services.registry.persons import sealing
from services.registry.regions import service as divisions
from services.registry.registration import service as registrations
from services.registry.tasks import queue
from shared import audit, clock, regions
from shared.auth import Principal, Role
from shared.errors import Problem
from shared.logs import logger
from shared.runtime import Runtime
from shared.spreadsheet import read_rows

CHUNK = 200

Rows = Sequence[PersonRow | RefusedRow]
log = logger(__name__)


@dataclass
class _Progress:
    """What one run of a job knows besides the database: numbers that went in, by the sheet row that brought them."""

    checker: Checker
    refused_before: frozenset[int]
    seen: dict[bytes, int] = field(default_factory=dict)


@queue.task("import_people")
async def import_people(runtime: Runtime, import_id: str) -> None:
    """Carry an import to its end, or on from where it stopped."""
    async with runtime.database.system_session() as session:
        found = await _locked(session, UUID(import_id))
        if found.state in {"done", "failed"}:
            return
        found.state, found.started_at = "running", found.started_at or clock.system_now()
        content = await runtime.files.get(session, found.file_id)
        place_index = await divisions.place_index(session)
        refused = frozenset(row.row for row in (await session.execute(queries.REFUSALS, {"id": found.id})).scalars())
    progress = _Progress(Checker(found.region), refused)
    try:
        with await asyncio.to_thread(read_rows, content) as sheet:
            people = await asyncio.to_thread(_open, sheet, found.region, place_index.find)
            await _begin(runtime, found.id, people)
            while rows := await asyncio.to_thread(_take, people.rows):
                await _settle(runtime, found.id, rows, progress)
    except Problem as problem:
        await _fail(runtime, found.id, problem)
    else:
        await _finish(runtime, found.id)


async def _begin(runtime: Runtime, import_id: UUID, people: People) -> None:
    async with runtime.database.system_session() as session:
        (await _locked(session, import_id)).rows = max(0, people.total_rows - people.layout.last_row)


async def _settle(runtime: Runtime, import_id: UUID, rows: Rows, progress: _Progress) -> None:
    """One chunk: checks, people, refusals, audit and the place reached, in one transaction."""
    async with runtime.database.system_session() as session:
        found = await _locked(session, import_id)
        fresh = [row for row in rows if _number(row) > found.position]
        _remember(runtime, progress, [row for row in rows if _number(row) <= found.position])
        if not fresh:
            return
        refusals = {row.row.number: row.errors for row in fresh if isinstance(row, RefusedRow)}
        people = [row for row in fresh if isinstance(row, PersonRow)]
        await progress.checker.learn(session, {row.village for row in people})
        refusals |= await _register(session, runtime, found, people, progress)
        await _note(session, found, fresh, refusals)
    progress.seen |= _numbers(runtime, [row for row in people if row.number not in refusals])


async def _register(
    session: AsyncSession, runtime: Runtime, found: PersonImport, people: list[PersonRow], progress: _Progress
) -> dict[int, tuple[CellError, ...]]:
    """Register who passes the checks; returns the reasons of the others."""
    refusals: dict[int, tuple[CellError, ...]] = {}
    taken: list[PersonRow] = []
    in_file = dict(progress.seen)
    for row in people:
        number = sealing.id_hmac(runtime.keyring, row.identity.number)
        if errors := progress.checker.check(row, repeats=in_file.get(number)):
            refusals[row.number] = errors
            continue
        in_file[number] = row.number
        taken.append(row)
    new = [registration(row, found) for row in taken]
    outcomes = await registrations.register(session, runtime.keyring, new)
    for row, outcome in zip(taken, outcomes, strict=True):
        if outcome.refusal is not None:
            refusals[row.number] = progress.checker.refusal(outcome.refusal)
    return refusals


async def _note(
    session: AsyncSession,
    found: PersonImport,
    rows: Rows,
    refusals: dict[int, tuple[CellError, ...]],
) -> None:
    """Refusals, counters, the place reached, and one audit entry with a digest of what was settled."""
    await insert_rows(session, queries.REFUSAL, [_refusal(found, *each) for each in sorted(refusals.items())])
    found.refused += len(refusals)
    found.done += len(rows) - len(refusals)
    found.position = _number(rows[-1])
    found.moved_at = clock.system_now()
    digest = hashlib.sha256(repr([(_number(row), _number(row) in refusals) for row in rows]).encode()).hexdigest()
    await audit.record(
        session, "registry:import:chunk", _officer(found), found.id,
        rows=[_number(rows[0]), found.position], refused=len(refusals), sha256=digest,
    )  # fmt: skip


async def _finish(runtime: Runtime, import_id: UUID) -> None:
    async with runtime.database.system_session() as session:
        found = await _locked(session, import_id)
        found.state, found.rows = "done", found.done + found.refused
        await audit.record(
            session, "registry:import:finish", _officer(found), found.id, done=found.done, refused=found.refused
        )


async def _fail(runtime: Runtime, import_id: UUID, problem: Problem) -> None:
    """The file as a whole cannot be read, or not to its end: what was settled stays."""
    async with runtime.database.system_session() as session:
        found = await _locked(session, import_id)
        found.state = "failed"
        found.failure = {"code": problem.code, "zh": problem.detail.zh, "en": problem.detail.en}
        await audit.record(
            session, "registry:import:finish", _officer(found), found.id, result="failed", reason=problem.code
        )
    log.warning("import failed", import_id=str(import_id), reason=problem.code)


async def _locked(session: AsyncSession, import_id: UUID) -> PersonImport:
    return (await session.execute(queries.LOCKED, {"id": import_id})).scalar_one()


def _open(sheet: object, region: str, find: object) -> People:
    return iter_rows(
        sheet,  # type: ignore[arg-type]
        today=clock.today(),
        default_village=service.default_village(region),
        place_lookup=find,  # type: ignore[arg-type]
    )


def _take(rows: Iterator[PersonRow | RefusedRow]) -> list[PersonRow | RefusedRow]:
    return list(islice(rows, CHUNK))


def _number(row: PersonRow | RefusedRow) -> int:
    return row.number if isinstance(row, PersonRow) else row.row.number


def _remember(runtime: Runtime, progress: _Progress, settled: Rows) -> None:
    went_in = [row for row in settled if isinstance(row, PersonRow) and row.number not in progress.refused_before]
    progress.seen |= _numbers(runtime, went_in)


def _numbers(runtime: Runtime, people: Sequence[PersonRow]) -> dict[bytes, int]:
    return {sealing.id_hmac(runtime.keyring, row.identity.number): row.number for row in people}


def _refusal(found: PersonImport, row: int, errors: tuple[CellError, ...]) -> dict[str, object]:
    stored = [[error.column, error.code, error.text.zh, error.text.en] for error in errors]
    return {"import_id": found.id, "row": row, "region": found.region, "errors": stored}


def _officer(found: PersonImport) -> Principal:
    """Who uploaded the file answers for what comes of it."""
    return Principal(subject=found.made_by, role=Role(regions.level(found.region).value), sid="", region=found.region)
