"""Taking events into the projections, forgetting a source, and recounting everything.

An event changes one subject's history; what the subject now adds is compared with what was stored as counted for it,
and only the difference goes into the increments. So late, repeated, shuffled and corrected events come to the same
figures as a recount.
"""

from collections import Counter
from collections.abc import AsyncIterator, Mapping
from datetime import date
from itertools import groupby
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.reporting.indicators.model import RECORDS, Source, catalogue
from services.reporting.projections import contributions, queries, stored
from services.reporting.projections.contributions import Contributions, Life
from services.reporting.projections.facts import read
from services.reporting.projections.stored import Entries, History
from services.reporting.projections.timeline import Entry, canonical
from shared import regions
from shared.feed import Envelope

_CHUNK = 1000
_NIL = UUID(int=0)


class Cell(NamedTuple):
    """One increment's place."""

    region: str
    indicator: str
    month: date
    lasting: bool


class Difference(NamedTuple):
    """A figure that a recount finds otherwise than it is kept."""

    cell: Cell
    kept: int
    recounted: int


async def apply(session: AsyncSession, event: Envelope) -> None:
    """Take one event into the projections. Raises ValueError or KeyError when it cannot be read."""
    source = Source(event.type)
    version = read(source, event)
    await session.execute(queries.LOCK)
    key = {"source": source.value, "id": event.subject}
    row = (await session.execute(queries.VERSIONS, key)).one_or_none()
    before = stored.entries(row.versions) if row else []
    after = canonical([*before, Entry(version.number, version.since, version.state)])
    if after == before:
        return
    owner_before, owner = row.subject_id if row else None, _owner(source, event.subject, after)
    await session.execute(
        queries.PUT_VERSIONS, key | {"subject_id": owner or owner_before, "versions": stored.versions_json(after)}
    )
    for subject in {owner_before, owner} - {None}:
        await _recount(session, subject)


async def forget(session: AsyncSession, service: str) -> None:
    """Empty what came from one service, and all that was counted with it, before it is read anew."""
    sources = [source for source in Source if source.service == service]
    without_people = Source.PERSON in sources
    gone = [
        each.code
        for each in catalogue().values()
        if each.source in sources or (without_people and each.source is not Source.PAYMENT)
    ]
    await session.execute(queries.LOCK)
    await session.execute(queries.FORGET_FACTS, {"sources": [source.value for source in sources]})
    await session.execute(queries.FORGET_COUNTED, {"indicators": gone})
    await session.execute(queries.FORGET_INCREMENTS, {"indicators": gone})


async def verify(session: AsyncSession) -> list[Difference]:
    """Recount every subject from its history and compare with the increments. Empty when they agree."""
    recounted: Counter[Cell] = Counter()
    async for history in _histories(session):
        recounted.update(_cells(_count(history)))
    rows = (await session.execute(queries.INCREMENTS)).all()
    kept = {Cell(row.region, row.indicator, row.month, row.lasting): int(row.value) for row in rows}
    cells = sorted(kept.keys() | recounted.keys())
    return [
        Difference(cell, kept.get(cell, 0), recounted[cell]) for cell in cells if kept.get(cell, 0) != recounted[cell]
    ]


# --- one subject ---


async def _recount(session: AsyncSession, subject: UUID | None) -> None:
    rows = (await session.execute(queries.HISTORY, {"subject": subject})).all()
    before = next((stored.counted(row.counted) for row in rows if row.source is None), Contributions())
    now = _count(stored.history((row.source, row.versions) for row in rows if row.source is not None))
    if change := contributions.difference(before, now):
        await session.execute(queries.PUT_COUNTED, {"subject": subject, "counted": stored.counted_json(now)})
        await _add(session, _cells(change))


def _count(history: History) -> Contributions:
    indicators = catalogue().values()
    if Source.PAYMENT in history:
        return contributions.of_payment(history[Source.PAYMENT][0], indicators)
    person = history[Source.PERSON][0] if Source.PERSON in history else []
    records = {source: timelines for source, timelines in history.items() if source in RECORDS}
    return contributions.of_person(Life(person, records), indicators)


async def _add(session: AsyncSession, cells: Mapping[Cell, int]) -> None:
    ordered = sorted(cells.items())
    await session.execute(
        queries.ADD,
        {
            "regions": [cell.region for cell, _ in ordered],
            "indicators": [cell.indicator for cell, _ in ordered],
            "months": [cell.month for cell, _ in ordered],
            "lasting": [cell.lasting for cell, _ in ordered],
            "values": [value for _, value in ordered],
        },
    )


def _cells(given: Contributions) -> Counter[Cell]:
    """The same at each of the five levels. A move within a township changes nothing above the villages."""
    cells: Counter[Cell] = Counter()
    for key, value in given.items():
        for region in regions.ancestors(key.region):
            cells[Cell(region, key.indicator, key.month, key.lasting)] += value
    return Counter({cell: value for cell, value in cells.items() if value})


def _owner(source: Source, subject: UUID, entries: Entries) -> UUID | None:
    """Whose history it belongs to: a record names its person, the others stand for themselves."""
    if source in (Source.PERSON, Source.PAYMENT):
        return subject
    named = [entry.state["person_id"] for entry in entries if entry.state is not None]
    return UUID(named[-1]) if named else None


async def _histories(session: AsyncSession) -> AsyncIterator[History]:
    """Every subject's history, a chunk of subjects at a time."""
    after = _NIL
    while True:
        subjects = list((await session.execute(queries.SUBJECTS, {"after": after, "limit": _CHUNK})).scalars())
        if not subjects:
            return
        rows = (await session.execute(queries.HISTORIES, {"subjects": subjects})).all()
        for _, facts in groupby(rows, key=lambda row: row.subject_id):
            yield stored.history((row.source, row.versions) for row in facts)
        after = subjects[-1]
