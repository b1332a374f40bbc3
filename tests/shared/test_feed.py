"""The change feed: nothing lost when transactions commit late, epochs, the snapshot, poison events."""

import asyncio
import random
from datetime import date
from typing import ClassVar, cast
from uuid import UUID

import pytest
from pydantic import BaseModel
from sqlalchemy import delete, func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from shared import feed, ids
from shared.client import ServiceClient
from shared.database import Database
from shared.errors import CursorGone
from shared.feed_reader import FeedReader, Source
from shared.tables import audit_entry, feed_cursor, feed_parked, outbox
from tests.fixtures.platform import OwnToken, Platform, ServiceUnderTest

pytestmark = pytest.mark.anyio

WRITERS, EACH = 12, 25


class Facts(BaseModel):
    number: int


class Changed(feed.Event):
    type: ClassVar[str] = "registry.sample"
    after: Facts | None


def changed(number: int) -> Changed:
    return Changed(subject=ids.new_id(), version=1, effective_on=date(2018, 6, 28), after=Facts(number=number))


async def _write_slowly(database: Database, writer: int) -> None:
    """Transactions that take their outbox ids early and commit late, each after a time of its own."""
    chance = random.Random(writer)
    for number in range(EACH):
        async with database.system_session() as session:
            await feed.emit(session, changed(writer * EACH + number))
            await asyncio.sleep(chance.random() * 0.03)


async def _read_all(database: Database, writers: asyncio.Future[list[None]]) -> list[int]:
    """What a reader sees that follows while the writers write, and until the last transaction is behind it."""
    seen: list[int] = []
    cursor: str | None = None
    quiet = 0
    while quiet < 20:
        async with database.session() as session:
            page = await feed.changes(session, "registry", cursor, 1000)
        cursor = page.cursor
        seen += [event.data["after"]["number"] for event in page.events]
        quiet = quiet + 1 if writers.done() and not page.events else 0
        await asyncio.sleep(0.002 if not page.events else 0)
    return seen


async def test_events_that_commit_late_are_read_once(registry: ServiceUnderTest) -> None:
    database = Database(registry.worker_url, registry.worker_url, pool_size=WRITERS * 2)
    writers = asyncio.gather(*(_write_slowly(database, writer) for writer in range(WRITERS)))
    seen = await _read_all(database, writers)
    await writers
    await database.dispose()
    assert sorted(seen) == list(range(WRITERS * EACH))


async def test_without_the_snapshot_rule_events_are_lost(
    registry: ServiceUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The test above proves something only if it fails without the condition."""
    bare = str(feed._CHANGES).replace("AND xid < pg_snapshot_xmin(pg_current_snapshot())", "")
    assert bare != str(feed._CHANGES)
    monkeypatch.setattr(feed, "_CHANGES", text(bare))
    database = Database(registry.worker_url, registry.worker_url, pool_size=WRITERS * 2)
    writers = asyncio.gather(*(_write_slowly(database, writer) for writer in range(WRITERS)))
    seen = await _read_all(database, writers)
    await writers
    await database.dispose()
    assert len(seen) < WRITERS * EACH


async def test_a_cursor_of_another_database_is_refused(registry: ServiceUnderTest) -> None:
    async with registry.runtime.database.session() as session:
        own = await feed.head(session)
        for cursor in ("nonsense", "", "a.b.c", "0-0-0.1.1", own.replace(own.split(".")[0], "restored")):
            with pytest.raises(CursorGone):
                await feed.changes(session, "registry", cursor or "x", 10)
        assert (await feed.changes(session, "registry", own, 10)).events == []


# --- following ---


async def _states(_session: AsyncSession, after: UUID | None, limit: int) -> list[Changed]:
    events = [
        Changed(subject=UUID(int=number), version=1, effective_on=date(2018, 6, 28), after=Facts(number=number))
        for number in range(1, 8)
    ]
    return [event for event in events if after is None or event.subject > after][:limit]


class _Feed:
    """Answers as the other service would, from its own tables, without HTTP."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def request(self, _method: str, path: str, *, params: dict[str, str]) -> dict[str, object]:
        async with self._database.system_session() as session:
            if path.endswith("snapshot"):
                page = await feed.snapshot(session, "registry", [_states, _states], params.get("page"), 3)
                return page.model_dump(mode="json")
            return (await feed.changes(session, "registry", params.get("after"), 5)).model_dump(mode="json")


def _reader(source: ServiceUnderTest, target: ServiceUnderTest, seen: list[int]) -> FeedReader:
    async def apply(session: AsyncSession, event: feed.Envelope) -> None:
        number = event.data["after"]["number"]
        if number == 666:
            await session.execute(text("SELECT 1 / 0"))
        await session.execute(
            insert(audit_entry).values(
                at=event.time, action="t:t:t", actor="t", role="t", result="done", details={"number": number}
            )
        )
        seen.append(number)

    async def reset(session: AsyncSession) -> None:
        seen.clear()

    client = cast("ServiceClient", _Feed(source.runtime.database))
    return FeedReader(
        Source("registry", {"registry.sample": apply}, reset),
        client,
        target.runtime.database,
    )


async def test_a_reader_takes_the_snapshot_then_the_changes_and_parks_poison(registry: ServiceUnderTest) -> None:
    seen: list[int] = []
    reader = _reader(registry, registry, seen)
    await reader.drain()
    assert seen == [1, 2, 3, 4, 5, 6, 7] * 2
    seen.clear()
    async with registry.runtime.database.system_session() as session:
        await feed.emit(session, *[changed(number) for number in (100, 666, 101)])
    await reader.drain()
    assert seen[-2:] == [100, 101]
    assert 666 not in seen
    async with registry.runtime.database.system_session() as session:
        parked = (await session.execute(select(feed_parked))).one()
        assert parked.reason.endswith("Error")
        applied = await session.scalar(
            select(func.count()).select_from(audit_entry).where(audit_entry.c.details["number"].as_integer() >= 100)
        )
        assert applied == 2
        assert await session.scalar(select(func.count()).select_from(outbox)) == 3


async def test_the_cursor_tells_when_it_last_moved(registry: ServiceUnderTest) -> None:
    reader = _reader(registry, registry, [])
    await reader.drain()
    async with registry.runtime.database.system_session() as session:
        before = (await session.execute(select(feed_cursor.c.moved_at))).scalar_one()
        await feed.emit(session, changed(1))
    await reader.drain()
    async with registry.runtime.database.system_session() as session:
        assert (await session.execute(select(feed_cursor.c.moved_at))).scalar_one() > before


async def test_a_reader_starts_again_when_its_cursor_is_gone(services: Platform) -> None:
    registry = services.service("registry")
    client = ServiceClient("registry", services._client_into("registry"), OwnToken("jobs"))
    emptied = 0

    async def reset(_session: AsyncSession) -> None:
        nonlocal emptied
        emptied += 1

    reader = FeedReader(Source("registry", {}, reset), client, registry.runtime.database)
    await reader.drain()
    async with registry.runtime.database.system_session() as session:
        await session.execute(delete(feed_cursor))
        await session.execute(insert(feed_cursor).values(source="registry", cursor="restored.1.1"))
    await reader.drain()
    assert emptied == 2
