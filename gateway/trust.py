"""What a gateway process itself trusts: read from its own database, so that a logout binds at the door in a second."""

import asyncio

from sqlalchemy.exc import SQLAlchemyError

from gateway.keys import service as keys
from gateway.sessions import service as sessions
from shared.logs import logger
from shared.runtime import Runtime

log = logger(__name__)

POLL_SECONDS = 1.0


async def refresh(runtime: Runtime) -> None:
    """Read keys and revocations; the very first time make the first key."""
    async with runtime.database.system_session() as session:
        if not runtime.trust.loaded:
            await keys.ensure(session, runtime.keyring)
        runtime.trust.refresh(await keys.jwks(session), await sessions.revoked(session))


async def keep(runtime: Runtime) -> None:
    """Refresh for ever; `Trust` answers 503 after a minute without."""
    while True:
        try:
            await refresh(runtime)
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            log.warning("trust not refreshed", error=type(error).__name__)
        await asyncio.sleep(POLL_SECONDS)
