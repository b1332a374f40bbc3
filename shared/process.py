"""`python -m services.<name> serve | worker | migrate`: the three processes of a service, and its own commands."""

import argparse
import asyncio
import signal
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import uvicorn

from shared import audit, logs, migrations
from shared.app import Command, Service, create
from shared.feed_reader import FeedReader
from shared.runtime import Runtime
from shared.settings import DatabaseSettings, MigrationSettings

_ROOT = Path(__file__).parents[1]
_SEAL_SECONDS = 2.0
_SWEEP_SECONDS = 3600.0


def main(service: Service, arguments: Sequence[str] | None = None) -> None:
    given = _parser(service).parse_args(arguments)
    logs.configure(service.name, given.process)
    given.run(given)


def _parser(service: Service) -> argparse.ArgumentParser:
    module = ".".join(service.folder.relative_to(_ROOT).parts)
    parser = argparse.ArgumentParser(prog=f"python -m {module}", description=service.title.en)
    own = (
        Command("serve", "answer requests", lambda _: serve(service)),
        Command("worker", "do background work", lambda _: asyncio.run(work(service))),
        Command("migrate", "bring the database to this version", lambda _: migrate(service)),
    )
    processes = parser.add_subparsers(dest="process", required=True)
    for command in (*own, *service.commands):
        process = processes.add_parser(command.name, help=command.help, description=command.help)
        command.arguments(process)
        process.set_defaults(run=command.run)
    return parser


def migrate(service: Service) -> None:
    migrations.upgrade(service.folder, MigrationSettings.of(service.name).migration_url)


def serve(service: Service) -> None:
    runtime = _start(service)
    app = create(service, runtime)
    settings: dict[str, Any] = {
        "loop": "uvloop",
        "http": "httptools",
        "access_log": False,
        "log_config": None,
        "timeout_graceful_shutdown": 20,
        "server_header": False,
    }
    uvicorn.run(
        service.wrap(app) if service.wrap else app,
        host=runtime.settings.host,
        port=runtime.settings.port,
        **settings | dict(service.server),
    )


async def work(service: Service) -> None:
    """Run jobs, follow feeds, seal the audit log, sweep files; until SIGTERM or SIGINT, then finish what is running."""
    runtime = _start(service)
    await runtime.database.check_roles()
    loops = [asyncio.create_task(coroutine) for coroutine in _loops(service, runtime)]
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, lambda: [loop.cancel() for loop in loops])
    with suppress(asyncio.CancelledError):
        await asyncio.gather(*loops)
    for loop in loops:
        loop.cancel()
    await asyncio.gather(*loops, return_exceptions=True)
    await runtime.database.dispose()


def _start(service: Service) -> Runtime:
    return Runtime.start(service.name, calls_as_itself=service.keep_trust is None)


def _loops(service: Service, runtime: Runtime) -> list[Coroutine[Any, Any, None]]:
    readers = [
        FeedReader(source, runtime.clients[source.service], runtime.database, runtime.settings.feed_poll_seconds).run()
        for source in service.sources
    ]
    return [
        service.queue.work(DatabaseSettings.of(service.name).worker_url, runtime),
        _seal_audit(runtime),
        _sweep_files(runtime),
        *readers,
        *(loop(runtime) for loop in service.loops),
    ]


async def _seal_audit(runtime: Runtime) -> None:
    while True:
        async with runtime.database.system_session() as session:
            sealed = await audit.seal(session)
        if not sealed:
            await asyncio.sleep(_SEAL_SECONDS)


async def _sweep_files(runtime: Runtime) -> None:
    while True:
        async with runtime.database.system_session() as session:
            await runtime.files.sweep(session)
        await asyncio.sleep(_SWEEP_SECONDS)
