"""What reporting can be told on the command line besides its three processes."""

import asyncio
from argparse import Namespace

from services.reporting.projections import service
from shared.app import Command
from shared.database import Database
from shared.logs import logger
from shared.settings import DatabaseSettings

log = logger(__name__)


def _verify(_: Namespace) -> None:
    raise SystemExit(1 if asyncio.run(_differences()) else 0)


async def _differences() -> int:
    urls = DatabaseSettings.of("reporting")
    database = Database(urls.database_url, urls.worker_url, pool_size=2)
    try:
        await database.check_roles()
        async with database.system_session() as session:
            found = await service.verify(session)
    finally:
        await database.dispose()
    for each in found:
        log.error(
            "figure differs from its recount",
            region=each.cell.region,
            indicator=each.cell.indicator,
            month=each.cell.month.isoformat(),
            kept=each.kept,
            recounted=each.recounted,
        )
    log.info("figures recounted", differences=len(found))
    return len(found)


COMMANDS = (Command("verify", "recount all figures and name those that differ", _verify),)
"""`python -m services.reporting verify`: exit code 1 when a figure differs."""
