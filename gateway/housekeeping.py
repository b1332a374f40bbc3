"""What the gateway's worker does by the clock: keys grow old, sessions and counts expire."""

import asyncio

from sqlalchemy.exc import SQLAlchemyError

from gateway.keys import service as keys
from gateway.sessions import service as sessions
from gateway.tokens import attempts
from shared.logs import logger
from shared.runtime import Runtime

log = logger(__name__)

_EVERY_SECONDS = 600.0


async def tidy(runtime: Runtime) -> None:
    async with runtime.database.system_session() as session:
        await keys.tend(session, runtime.keyring)
        await sessions.forget(session)
        await attempts.forget(session)


async def keep_tidy(runtime: Runtime) -> None:
    while True:
        try:
            await tidy(runtime)
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            log.warning("not tidied", error=type(error).__name__)
        await asyncio.sleep(_EVERY_SECONDS)
