"""What happens to postings by themselves: they expire on the day after their last."""

import asyncio

from sqlalchemy.exc import DBAPIError

from services.jobs.postings import service
from shared import clock
from shared.logs import logger
from shared.runtime import Runtime

_MINUTE = 60.0
log = logger(__name__)


async def expire_for_ever(runtime: Runtime) -> None:
    """Look every minute; what one look leaves over the next one finds at once."""
    while True:
        try:
            expired = await expire(runtime)
        except (DBAPIError, OSError) as error:
            log.warning("postings not expired", error=type(error).__name__)
            expired = 0
        if not expired:
            await asyncio.sleep(_MINUTE)


async def expire(runtime: Runtime) -> int:
    async with runtime.database.system_session() as session:
        return await service.expire(session, clock.today())
