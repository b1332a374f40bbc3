"""The three feeds that reporting follows."""

from collections.abc import Awaitable, Callable

from sqlalchemy.ext.asyncio import AsyncSession

from services.reporting.indicators.model import Source
from services.reporting.projections import service
from shared import feed_reader

_FOLLOWED = ("registry", "jobs", "subsidy")


def _follow(name: str) -> feed_reader.Source:
    handlers = {source.value: service.apply for source in Source if source.service == name}
    return feed_reader.Source(name, handlers, _forgetting(name))


def _forgetting(name: str) -> Callable[[AsyncSession], Awaitable[None]]:
    async def reset(session: AsyncSession) -> None:
        await service.forget(session, name)

    return reset


SOURCES = tuple(_follow(name) for name in _FOLLOWED)
