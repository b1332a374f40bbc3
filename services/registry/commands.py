"""What the registry can be told on the command line besides its three processes."""

import asyncio
from argparse import ArgumentParser, Namespace

from services.registry.regions import loading
from shared.app import Command
from shared.database import Database
from shared.logs import logger
from shared.settings import DatabaseSettings

log = logger(__name__)


def _provinces(parser: ArgumentParser) -> None:
    parser.add_argument("provinces", nargs="+", metavar="PROVINCE", help="two digits, such as 53")


def _load_regions(given: Namespace) -> None:
    asyncio.run(_load(given.provinces))


async def _load(provinces: list[str]) -> None:
    urls = DatabaseSettings.of("registry")
    database = Database(urls.database_url, urls.worker_url, pool_size=2)
    try:
        await database.check_roles()
        count = await loading.load_now(database, provinces)
    finally:
        await database.dispose()
    log.info("divisions loaded", provinces=provinces, divisions=count)


COMMANDS = (Command("load-regions", "load the divisions of provinces", _load_regions, _provinces),)
"""`python -m services.registry load-regions 53 31 44`."""
