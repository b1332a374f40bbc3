"""The session of `bangfu login`, kept between commands in a file that only its owner can read.

A refresh token is good for one use, and a second use ends the session (somebody may have copied it). So the file is
locked while tokens are renewed, and the new ones are on disk before anybody uses them.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import httpx2

from cli.client import Caller, Refused, Tokens, by_password, checked, http, reaching, tokens
from cli.errors import CommandError
from shared.secretfile import refuse_wide_permissions, write_secret

DEFAULT_GATEWAY = "http://127.0.0.1:8000"


def folder() -> Path:
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "bangfu"


def log_in(gateway: str, username: str, password: str) -> None:
    """Begin a session and keep it. Raises `Refused`."""
    with _alone(), reaching(gateway), http(gateway) as client:
        _keep(gateway, username, by_password(username, password)(client))


def change_password(gateway: str, username: str, password: str, new: str) -> None:
    """Raises `Refused`, for a weak password among others."""
    given = {"username": username, "password": password, "new_password": new}
    with reaching(gateway), http(gateway) as client:
        checked(client.post("/auth/password", json=given))


def log_out() -> str:
    """End the kept session, here and at the gateway. Returns whose it was."""
    username: str = _kept()["username"]
    try:
        caller().post("/auth/logout")
    except Refused as refusal:
        if refusal.status != 401:  # it has ended already
            raise
    _file().unlink(missing_ok=True)
    return username


def caller() -> Caller:
    """Who is logged in. Raises CommandError when nobody is."""
    return Caller(_kept()["gateway"], _renewed)


def _renewed(client: httpx2.Client) -> Tokens:
    with _alone():
        kept = _kept()
        known = Tokens(**kept["tokens"])
        if not known.stale:
            return known
        try:
            fresh = tokens(client.post("/auth/refresh", json={"refresh_token": known.refresh}))
        except Refused as refusal:
            raise CommandError(f"Your session is over: run `bangfu login {kept['username']}` again.") from refusal
        _keep(kept["gateway"], kept["username"], fresh)
        return fresh


def _file() -> Path:
    return folder() / "session.json"


def _kept() -> Any:
    try:
        refuse_wide_permissions(_file())
        return json.loads(_file().read_text())
    except FileNotFoundError:
        raise CommandError("Nobody is logged in. Run `bangfu login USERNAME` first.") from None
    except PermissionError as error:
        raise CommandError(str(error)) from error


def _keep(gateway: str, username: str, given: Tokens) -> None:
    write_secret(_file(), json.dumps({"gateway": gateway, "username": username, "tokens": asdict(given)}))


@contextmanager
def _alone() -> Iterator[None]:
    folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder() / "session.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
