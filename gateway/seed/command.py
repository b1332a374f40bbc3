"""`python -m gateway seed --out FILE`."""

import asyncio
import os
from argparse import ArgumentParser, Namespace
from pathlib import Path

from gateway.seed import service
from shared.app import Command
from shared.runtime import Runtime

FOLDER = "BANGFU_SERVICE_CLIENTS_DIR"


async def _seed(out: Path, first_admin: str | None) -> None:
    runtime = Runtime.start("gateway", calls_as_itself=False)
    folder = os.environ.get(FOLDER)
    try:
        made = await service.seed(runtime, out, Path(folder) if folder else None, first_admin=first_admin)
    finally:
        await runtime.database.dispose()
    print(f"{len(made['users'])} accounts and {len(made['clients'])} clients: see {out}.")  # noqa: T201


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="where to write the passwords, once")
    parser.add_argument("--first-admin", metavar="PROVINCE", help="two digits: make the first admin of a province")


def _run(given: Namespace) -> None:
    asyncio.run(_seed(given.out, given.first_admin))


SEED = Command(
    "seed",
    f"make the first accounts and clients; {FOLDER} names the folder with the services' secrets",
    _run,
    _arguments,
)
