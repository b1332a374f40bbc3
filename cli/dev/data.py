"""The data folder: everything that outlives a run, held by one supervisor at a time.

layout            version of this arrangement
lock              who holds the folder
keys.json         keys of personal data
database.env      the services' database URLs
clients/<name>    secret of each service's own client at the gateway
credentials.json  accounts that the gateway seeded
files/            encrypted evidence and imports
logs/             one log per process
postgres/         the embedded server's data
prepared-by       digest of the code that migrated and seeded last
"""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Self

from cli.dev.places import make_folder, place, server_account
from cli.errors import CommandError
from shared.clock import BEIJING, system_now
from shared.crypto import init_keys
from shared.secretfile import write_secret

LAYOUT = "1"


class DataFolder:
    """`folder`, or its stand-in below /var/lib/bangfu when the database server could not reach it (see places)."""

    def __init__(self, folder: Path) -> None:
        self._account = server_account()
        self.path = place(folder, self._account)
        self.keys = self.path / "keys.json"
        self.database_env = self.path / "database.env"
        self.clients = self.path / "clients"
        self.credentials = self.path / "credentials.json"
        self.files = self.path / "files"
        self.logs = self.path / "logs"
        self.postgres = self.path / "postgres"
        self.prepared_by = self.path / "prepared-by"
        self._lock = self.path / "lock"
        self._layout = self.path / "layout"

    @contextmanager
    def held(self) -> Iterator[Self]:
        """Hold the folder alone. The lock is the kernel's, and ends with this process however it ends."""
        make_folder(self.path, 0o711 if self._account else 0o700)
        with self._lock.open("a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.seek(0)
                holder = lock.read().strip() or "another process"
                raise CommandError(
                    f"{self.path} is in use by {holder}. Stop that one (Ctrl-C), or choose another --data folder."
                ) from None
            lock.truncate(0)
            started = system_now().astimezone(BEIJING)
            lock.write(f"process {os.getpid()}, started {datetime.isoformat(started, ' ', 'seconds')}\n")
            lock.flush()
            yield self

    def prepare(self, clients: list[str]) -> None:
        """Check the layout and make what is missing: keys, folders, a secret per service client."""
        self._check_layout()
        if self.database_env.exists() and not self.keys.exists():
            raise CommandError(
                f"{self.keys} is gone, and without it the personal data in the databases cannot be read. "
                "Put it back, or begin anew with an empty --data folder."
            )
        init_keys(self.keys)
        for folder in (self.clients, self.files, self.logs):
            make_folder(folder, 0o700)
        for name in clients:
            with suppress(FileExistsError):
                write_secret(self.client_secret(name), secrets.token_urlsafe(32) + "\n", once=True)

    def client_secret(self, name: str) -> Path:
        return self.clients / name

    def log(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def _check_layout(self) -> None:
        if self._layout.exists():
            found = self._layout.read_text().strip()
        elif any(one != self._lock for one in self.path.iterdir()):
            found = "unknown"
        else:
            self._layout.write_text(f"{LAYOUT}\n")
            found = LAYOUT
        if found != LAYOUT:
            raise CommandError(
                f"The data in {self.path} has layout {found}; this version reads layout {LAYOUT}. "
                "Move it away, choose another --data folder, or run the version that made it."
            )
