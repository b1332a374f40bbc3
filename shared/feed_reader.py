"""Following another service's feed into a local projection.

Events and the cursor behind them are written in one transaction, so each event is applied once as far as this database
can tell; handlers still compare versions, because a snapshot and the changes after it overlap. An event that a handler
cannot digest is parked with the class of the error, and the feed goes on.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import delete, func, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from shared.client import Answered, ServiceClient
from shared.database import Database
from shared.errors import Problem
from shared.feed import Envelope, Page, SnapshotPage
from shared.logs import logger
from shared.tables import feed_cursor, feed_parked

log = logger(__name__)

Handler = Callable[[AsyncSession, Envelope], Awaitable[None]]


@dataclass(frozen=True)
class Source:
    """One feed to follow: the service, what to do with each event type, and how to empty the projection before it is
    built again. Event types without a handler are passed over."""

    service: str
    handlers: Mapping[str, Handler]
    reset: Callable[[AsyncSession], Awaitable[None]]


class FeedReader:
    """Follows one source. `step` reads and applies one page; `run` goes on for ever."""

    def __init__(self, source: Source, client: ServiceClient, database: Database, poll_seconds: float = 1.0) -> None:
        self._source, self._client, self._database, self._poll = source, client, database, poll_seconds

    async def run(self) -> None:
        while True:
            try:
                more = await self.step()
            except (Problem, DBAPIError, OSError) as error:
                log.warning("feed not read", source=self._source.service, error=type(error).__name__)
                more = False
            if not more:
                await asyncio.sleep(self._poll)

    async def step(self) -> bool:
        """Apply the next page. True when more can be had at once."""
        async with self._database.system_session() as session:
            row = (await session.execute(select(feed_cursor).filter_by(source=self._source.service))).one_or_none()
        if row is None:
            return await self._snapshot(None)
        if row.snapshot_page is not None:
            return await self._snapshot(row.snapshot_page)
        try:
            page = Page.model_validate(await self._get("changes", after=row.cursor))
        except Answered as refusal:
            await self._restart_if_gone(refusal)
            return True
        if page.events or page.cursor != row.cursor:
            await self._apply(page.events, page.cursor, None)
        return page.more

    async def drain(self) -> None:
        """Follow until nothing more can be had at once."""
        while await self.step():
            pass

    async def _snapshot(self, token: str | None) -> bool:
        if token is None:
            async with self._database.system_session() as session:
                await self._source.reset(session)
        try:
            page = SnapshotPage.model_validate(await self._get("snapshot", page=token))
        except Answered as refusal:
            await self._restart_if_gone(refusal)
            return True
        await self._apply(page.events, page.cursor, page.next)
        return True

    async def _restart_if_gone(self, refusal: Answered) -> None:
        if refusal.answer_status != 410:
            raise refusal
        log.warning("feed starts again from its snapshot", source=self._source.service)
        async with self._database.system_session() as session:
            await session.execute(delete(feed_cursor).filter_by(source=self._source.service))

    async def _get(self, kind: Literal["changes", "snapshot"], **params: str | None) -> Any:
        given = {name: value for name, value in params.items() if value is not None}
        return await self._client.request("GET", f"/{self._source.service}/v1/{kind}", params=given)

    async def _apply(self, events: list[Envelope], cursor: str, snapshot_page: str | None) -> None:
        try:
            async with self._database.system_session() as session:
                for event in events:
                    await self._handle(session, event)
                await self._move(session, cursor, snapshot_page)
        except (DBAPIError, OSError) as error:
            if isinstance(error, OSError) or error.connection_invalidated:
                raise
            await self._apply_singly(events, cursor, snapshot_page)
        except (ValueError, KeyError, TypeError, ArithmeticError):
            await self._apply_singly(events, cursor, snapshot_page)

    async def _apply_singly(self, events: list[Envelope], cursor: str, snapshot_page: str | None) -> None:
        """Something in the page is poison: apply event by event, park what fails."""
        async with self._database.system_session() as session:
            for event in events:
                try:
                    async with session.begin_nested():
                        await self._handle(session, event)
                except (DBAPIError, ValueError, KeyError, TypeError, ArithmeticError) as error:
                    if isinstance(error, DBAPIError) and error.connection_invalidated:
                        raise
                    log.error("event parked", source=self._source.service, event_id=str(event.id), type=event.type)
                    await self._park(session, event, type(error).__name__)
            await self._move(session, cursor, snapshot_page)

    async def _handle(self, session: AsyncSession, event: Envelope) -> None:
        handler = self._source.handlers.get(event.type)
        if handler is not None:
            await handler(session, event)

    async def _park(self, session: AsyncSession, event: Envelope, reason: str) -> None:
        await session.execute(
            insert(feed_parked).values(source=self._source.service, event=event.model_dump(mode="json"), reason=reason)
        )

    async def _move(self, session: AsyncSession, cursor: str, snapshot_page: str | None) -> None:
        values = {"cursor": cursor, "snapshot_page": snapshot_page, "moved_at": func.now()}
        await session.execute(
            upsert(feed_cursor)
            .values(source=self._source.service, **values)
            .on_conflict_do_update(index_elements=["source"], set_=values)
        )
