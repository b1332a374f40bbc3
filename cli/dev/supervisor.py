"""Start every process of the platform, watch them, restart what crashes, and stop all in order.

    with platform(folder, port=0, environment="demo") as running:
        httpx2.get(running.base_url + "/health/ready")

The order: lock, keys, PostgreSQL, databases and roles, migrations (together), start-up commands, servers (together),
workers. Stopping goes the other way. Nothing is left behind, whatever ends the supervisor (see processes).
"""

import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from cli.dev.child import Child, stop_all
from cli.dev.data import DataFolder
from cli.dev.environment import (
    Environment,
    base_url,
    client_id,
    migration_environment,
    part_environment,
    start_up_environment,
)
from cli.dev.plan import PLATFORM, Part, Plan, names
from cli.dev.ports import HOST, refuse_used_ports
from cli.dev.postgres import Cluster
from cli.dev.processes import tail
from cli.dev.report import Report, Step
from cli.errors import CommandError
from cli.ops import database

READY_SECONDS = 60.0
_PAUSE_SECONDS = 0.05
_WATCH_SECONDS = 0.2
_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Supervisor:
    """The running platform. Made by `platform`."""

    def __init__(
        self,
        plan: Plan,
        data: DataFolder,
        port: int,
        environment: Environment,
        report: Report,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self._plan = plan
        self._data = data
        self._environment = environment
        self._report = report
        self._settings = dict(settings or {})
        self._ports = plan.ports(port)
        self._cluster: Cluster | None = None
        self._databases: dict[str, str] = {}
        self._tasks: list[Child] = []
        self._children: list[Child] = []

    @property
    def data(self) -> Path:
        return self._data.path

    @property
    def base_url(self) -> str:
        """The gateway's."""
        return self.url("gateway")

    def url(self, part: str) -> str:
        return base_url(self._ports[part])

    @property
    def credentials(self) -> Any:
        """What the gateway's seed wrote: the accounts to log in with."""
        return json.loads(self._data.credentials.read_text())

    @property
    def databases(self) -> dict[str, str]:
        """`REGISTRY_DATABASE_URL` and the other URLs, by variable."""
        return dict(self._databases)

    @property
    def processes(self) -> dict[str, int]:
        """Process ids by name (`registry`, `registry-worker`)."""
        return {one.name: one.process.pid for one in self._children if one.process}

    def start(self) -> None:
        """Return when every server answers that it is ready. Raises CommandError with the log of what failed."""
        self._data.prepare([client_id(name) for name in names(self._plan.parts)])
        refuse_used_ports(self._ports)
        with self._report.step("Database"):
            self._provision(os.environ.get("DATABASE_URL") or self._start_cluster())
        if not self._prepared():
            self._prepare_databases()
        with self._report.step("Services") as step:
            servers = [self._launch(part, "serve", part.name) for part in self._plan.parts]
            self._wait_ready(servers, step)
        for part in self._plan.parts:
            self._launch(part, "worker", f"{part.name}-worker")

    def _prepare_databases(self) -> None:
        """Migrations, then the commands before the first request."""
        with self._report.step("Migrations") as step:
            self._run_together([self._migration(part) for part in self._plan.parts], step)
        for command in self._plan.start_up:
            part = next(one for one in self._plan.parts if one.name == command.part)
            with self._report.step(f"{part.name} {command.arguments[0]}") as step:
                self._run_together([self._task(part, command.in_folder(self.data))], step)
        self._data.prepared_by.write_text(self._plan.code_digest())

    def _prepared(self) -> bool:
        """The very same code has prepared this folder's own server before: starting its interpreters again for
        nothing would be most of the time that a second start takes."""
        stamp = self._data.prepared_by
        return self._cluster is not None and stamp.exists() and stamp.read_text() == self._plan.code_digest()

    def watch(self) -> NoReturn:
        """Restart what crashes, until a signal ends it."""
        while True:
            self.look_after()
            time.sleep(_WATCH_SECONDS)

    def look_after(self) -> None:
        """Restart what has crashed and whose pause is over. For callers who do something else in between."""
        for child in self._children:
            if said := child.look_after():
                self._report.warn(said)
        if self._cluster and not self._cluster.running:
            self._report.warn(f"PostgreSQL ended and starts again. Its log is {self._cluster.log}.1.")
            self._cluster.start()

    def stop(self) -> None:
        """First the door, then what is behind it, then the database. Signals wait until it is done."""
        gateway = [one for one in self._children if one.name == "gateway"]
        with _stop_signals(signal.SIG_IGN):
            for group in (gateway, self._tasks + [one for one in self._children if one not in gateway]):
                stop_all(group)
            if self._cluster:
                self._cluster.stop()

    def _start_cluster(self) -> str:
        self._cluster = Cluster(self._data.postgres)
        self._cluster.start()
        return self._cluster.admin_url

    def _provision(self, admin_url: str) -> None:
        database.init(admin_url, self._data.database_env)
        self._databases = database.read_environment(self._data.database_env)

    def _env(self, part: Part) -> dict[str, str]:
        return part_environment(
            part, self._plan, self._data, self._ports, self._databases, self._environment, self._settings
        )

    def _child(self, part: Part, arguments: Sequence[str], name: str, env: dict[str, str]) -> Child:
        command = [sys.executable, "-m", part.module, *arguments]
        return Child(name, command, env, self._plan.root, self._data.log(name), self._ports[part.name])

    def _migration(self, part: Part) -> Child:
        env = migration_environment(part, self._env(part), self._databases)
        return self._child(part, ["migrate"], f"{part.name}-migrate", env)

    def _task(self, part: Part, arguments: Sequence[str]) -> Child:
        env = start_up_environment(self._env(part), self._data)
        return self._child(part, arguments, f"{part.name}-{arguments[0]}", env)

    def _launch(self, part: Part, verb: str, name: str) -> Child:
        child = self._child(part, [verb], name, self._env(part))
        self._children.append(child)
        child.start()
        return child

    def _run_together(self, tasks: list[Child], step: Step) -> None:
        self._tasks = tasks
        for task in tasks:
            task.start()
        while tasks:
            step.doing(", ".join(one.name for one in tasks))
            for task in tasks:
                if task.exit_code:
                    raise CommandError(task.failure())
            tasks = [one for one in tasks if one.exit_code is None]
            time.sleep(_PAUSE_SECONDS)
        self._tasks = []

    def _wait_ready(self, servers: list[Child], step: Step) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while servers:
            step.doing("waiting for " + ", ".join(one.name for one in servers))
            for server in servers:
                if server.exit_code is not None:
                    raise CommandError(server.failure())
            servers = [one for one in servers if not _is_ready(one)]
            if servers and time.monotonic() > deadline:
                waiting = "\n".join(f"{one.name}: its log, {one.log}, ends:\n{tail(one.log)}" for one in servers)
                raise CommandError(f"Not ready after {READY_SECONDS:.0f} s:\n{waiting}")
            time.sleep(_PAUSE_SECONDS)


@contextmanager
def platform(
    folder: Path,
    *,
    port: int = 0,
    environment: Environment = "development",
    plan: Plan = PLATFORM,
    report: Report | None = None,
    settings: Mapping[str, str] | None = None,
) -> Iterator[Supervisor]:
    """The platform with its data in `folder`, ready inside the block and gone after it, also when the block is left
    by Ctrl-C or SIGTERM (both a KeyboardInterrupt here). `port` is the gateway's, 0 takes free ones for all;
    `settings` are variables for every process, such as `BANGFU_BUSINESS_TIME`. Use it in the main thread: signals
    arrive there, and children end with the thread that started them."""
    with DataFolder(folder).held() as data, _stop_signals(_interrupt):
        supervisor = Supervisor(plan, data, port, environment, report or Report(), settings)
        try:
            supervisor.start()
            yield supervisor
        finally:
            supervisor.stop()


def _is_ready(server: Child) -> bool:
    with closing(HTTPConnection(HOST, server.port, timeout=2)) as connection, suppress(OSError, HTTPException):
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == HTTPStatus.OK
    return False


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


@contextmanager
def _stop_signals(handler: Callable[[int, FrameType | None], None] | signal.Handlers) -> Iterator[None]:
    """Handle the signals that ask for the end, except those that our caller ignores (as nohup does)."""
    before = {one: signal.getsignal(one) for one in _STOP_SIGNALS}
    try:
        for one, known in before.items():
            if known != signal.SIG_IGN:
                signal.signal(one, handler)
        yield
    finally:
        for one, known in before.items():
            signal.signal(one, known)
