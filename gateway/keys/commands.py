"""`python -m gateway rotate-keys`."""

import asyncio
from argparse import Namespace

from gateway.keys import service
from shared.app import Command
from shared.runtime import Runtime


async def rotate(runtime: Runtime) -> str:
    """Publish a new signing key, which signs once every service knows it. Returns its kid."""
    async with runtime.database.system_session() as session:
        return await service.rotate(session, runtime.keyring)


async def _rotate() -> None:
    runtime = Runtime.start("gateway", calls_as_itself=False)
    try:
        kid = await rotate(runtime)
    finally:
        await runtime.database.dispose()
    print(f"Key {kid} is published and signs in {service.AHEAD.total_seconds():.0f} s.")  # noqa: T201


def _run(_: Namespace) -> None:
    asyncio.run(_rotate())


ROTATE_KEYS = Command("rotate-keys", "publish a new signing key, which signs soon afterwards", _run)
