"""`python -m services.<name> serve | worker | migrate`: the three processes of a service."""

import argparse
import asyncio
import signal
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from typing import Any

import uvicorn

from shared import audit, logs, migrations
from shared.app import Service, create
from shared.feed_reader import FeedReader
from shared.runtime import Runtime
from shared.settings import DatabaseSettings, MigrationSettings

_SEAL_SECONDS = 2.0
_SWEEP_SECONDS = 3600.0


def main(service: Service, arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog=f"python -m services.{service.name}")
    parser.add_argument("process", choices=("serve", "worker", "migrate"))
    process = parser.parse_args(arguments).process
    logs.configure(service.name, process)
    if process == "migrate":
        migrations.upgrade(service.folder, MigrationSettings.of(service.name).migration_url)
    elif process == "serve":
        serve(service)
    else:
        asyncio.run(work(service))


def serve(service: Service) -> None:
    runtime = Runtime.start(service.name)
    uvicorn.run(
        create(service, runtime),
        host=runtime.settings.host,
        port=runtime.settings.port,
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_config=None,
        timeout_graceful_shutdown=20,
        server_header=False,
    )


async def work(service: Service) -> None:
    """Run jobs, follow feeds, seal the audit log, sweep files; until SIGTERM or SIGINT, then finish what is running."""
    runtime = Runtime.start(service.name)
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
