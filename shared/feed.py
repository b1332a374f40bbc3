"""Change feeds: CloudEvents from a transactional outbox, and readers that follow them.

An event carries the full, non-identifying state of one subject (a tombstone after deletion), with a version. Readers
are given rows in `(xid, id)` order whose transactions can no longer be preceded by a running one
(`xid < pg_snapshot_xmin(pg_current_snapshot())`): ordering by id alone loses rows that commit late. A cursor carries
the database's epoch, so that one of a restored database is refused (410) and its reader starts from the snapshot.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime
from typing import Annotated, Any, ClassVar
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncSession

from shared import clock, ids
from shared.database import Database, Session
from shared.errors import CursorGone, problems
from shared.permissions import Guard
from shared.tables import outbox


class Event(BaseModel):
    """State of one subject after a change. Subclasses set `type` and narrow `after` to their facts."""

    model_config = ConfigDict(frozen=True)

    type: ClassVar[str]
    subject: UUID
    version: int
    effective_on: date
    county_code: str | None = None
    region: str | None = None
    work_region: str | None = None
    after: BaseModel | None = Field(description="all non-identifying facts; null when the subject is gone")


class Envelope(BaseModel):
    """CloudEvents 1.0 in structured JSON."""

    specversion: str = "1.0"
    id: UUID
    source: str
    type: str
    subject: UUID
    time: datetime
    datacontenttype: str = "application/json"
    data: dict[str, Any]


class Page(BaseModel):
    """Some changes, and where to go on."""

    events: list[Envelope]
    cursor: str
    more: bool = Field(description="true when the next page can be had at once 还有更多")


class SnapshotPage(BaseModel):
    """Some of the present state. When `next` is null, follow the changes from `cursor`."""

    events: list[Envelope]
    cursor: str
    next: str | None


async def emit(session: AsyncSession, *events: Event) -> None:
    """Put events into the outbox of the caller's transaction."""
    if events:
        await session.execute(insert(outbox), [_row(event) for event in events])


def _row(event: Event) -> dict[str, Any]:
    return {
        "event_id": ids.new_id(),
        "type": event.type,
        "subject": event.subject,
        "data": event.model_dump(mode="json", exclude={"subject"}),
    }


# --- cursors ---

_EPOCH = text(
    "SELECT to_hex(s.system_identifier) || '-' || d.oid || '-' || c.timeline_id "
    "FROM pg_control_system() s, pg_control_checkpoint() c, pg_database d WHERE d.datname = current_database()"
)
"""Names this very database: another after a restore from a dump (oid), a base backup or a failover (timeline)."""


async def _epoch(session: AsyncSession) -> str:
    return str((await session.execute(_EPOCH)).scalar_one())


def _position(cursor: str, epoch: str) -> tuple[int, int]:
    try:
        its_epoch, xid, number = cursor.split(".")
        position = int(xid), int(number)
    except ValueError:
        raise CursorGone from None
    if its_epoch != epoch:
        raise CursorGone
    return position


_CHANGES = text(
    "SELECT id, xid::text AS transaction, event_id, type, subject, data, occurred_at FROM outbox "
    "WHERE (xid, id) > (CAST(CAST(:xid AS text) AS xid8), :id) AND xid < pg_snapshot_xmin(pg_current_snapshot()) "
    "ORDER BY outbox.xid, outbox.id LIMIT :limit"
)


async def changes(session: AsyncSession, source: str, after: str | None, limit: int) -> Page:
    """The next changes after a cursor; from the beginning without one. Raises `CursorGone` for another epoch."""
    epoch = await _epoch(session)
    xid, number = _position(after, epoch) if after else (0, 0)
    rows = (await session.execute(_CHANGES, {"xid": str(xid), "id": number, "limit": limit})).all()
    last = f"{epoch}.{rows[-1].transaction}.{rows[-1].id}" if rows else f"{epoch}.{xid}.{number}"
    events = [
        Envelope(id=r.event_id, source=f"/{source}", type=r.type, subject=r.subject, time=r.occurred_at, data=r.data)
        for r in rows
    ]
    return Page(events=events, cursor=last, more=len(rows) == limit)


async def head(session: AsyncSession) -> str:
    """The cursor before which everything is visible to a snapshot taken now."""
    epoch = await _epoch(session)
    xmin = (await session.execute(text("SELECT pg_snapshot_xmin(pg_current_snapshot())::text"))).scalar_one()
    return f"{epoch}.{int(xmin) - 1}.{2**62}"


# --- the snapshot ---

StatePage = Callable[[AsyncSession, UUID | None, int], Awaitable[Sequence[Event]]]
"""Events of up to `limit` subjects whose id comes after the given one, in the order of their ids."""


async def snapshot(
    session: AsyncSession, source: str, states: Sequence[StatePage], page: str | None, limit: int
) -> SnapshotPage:
    """One page of the present state. A page token is `<cursor>!<which kind>!<last id>`."""
    if page is None:
        cursor, kind, last = await head(session), 0, None
    else:
        cursor, kind, last = _page_token(page, await _epoch(session), len(states))
    events = await states[kind](session, last, limit) if states else []
    if len(events) == limit:
        following: str | None = f"{cursor}!{kind}!{events[-1].subject}"
    elif kind + 1 < len(states):
        following = f"{cursor}!{kind + 1}!"
    else:
        following = None
    return SnapshotPage(events=[_envelope(source, event) for event in events], cursor=cursor, next=following)


def _page_token(page: str, epoch: str, kinds: int) -> tuple[str, int, UUID | None]:
    try:
        cursor, kind, last = page.split("!")
        token = cursor, int(kind), UUID(last) if last else None
    except ValueError:
        raise CursorGone from None
    _position(cursor, epoch)
    if not 0 <= token[1] < kinds:
        raise CursorGone
    return token


def _envelope(source: str, event: Event) -> Envelope:
    row = _row(event)
    return Envelope(
        id=row["event_id"],
        source=f"/{source}",
        type=event.type,
        subject=event.subject,
        time=clock.system_now(),
        data=row["data"],
    )


# --- endpoints ---


def router(source: str, reader: Guard, states: Sequence[StatePage]) -> APIRouter:
    """`GET /v1/changes` and `/v1/snapshot` of a service, for callers that the guard `reader` lets through."""
    routes = APIRouter(prefix="/v1", tags=["feed 变更流"], responses=problems(CursorGone))
    size = Annotated[int, Query(ge=1, le=1000)]

    @routes.get("/changes", dependencies=[Depends(reader)])
    async def read_changes(
        session: Session, after: Annotated[str | None, Query(max_length=200)] = None, limit: size = 200
    ) -> Page:
        """Changes after a cursor 变更流."""
        return await changes(session, source, after, limit)

    @routes.get("/snapshot", dependencies=[Depends(reader)])
    async def read_snapshot(
        request: Request,
        page: Annotated[str | None, Query(max_length=300)] = None,
        limit: size = 500,
    ) -> SnapshotPage:
        """The present state and the cursor from which to follow 全量快照."""
        database: Database = request.app.state.runtime.database
        async with database.system_session() as session:
            return await snapshot(session, source, states, page, limit)

    return routes
