"""Starting programs that end with the supervisor, and looking at what they wrote."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from cli.dev.places import Account

_WRAPPER = Path(__file__).with_name("exec_child.py")
_TAIL_BYTES = 16_384


def start_child(
    command: Sequence[str],
    *,
    log: Path,
    env: Mapping[str, str],
    cwd: Path,
    account: Account | None = None,
    death_signal: signal.Signals = signal.SIGKILL,
) -> subprocess.Popen[bytes]:
    """Start a program in a session of its own, so that Ctrl-C reaches the supervisor alone, which then stops its
    children in order. Call it from a thread that lives as long as the child should: the child ends with it."""
    identity = f"{account.uid}:{account.gid}" if account else "-"
    wrapped = [sys.executable, "-I", "-S", str(_WRAPPER), str(os.getpid()), str(int(death_signal)), identity, *command]
    with log.open("ab") as output:
        return subprocess.Popen(
            wrapped,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=env,
            cwd=cwd,
            start_new_session=True,
            umask=0o077,
        )


def fresh_log(log: Path) -> Path:
    """Begin the log anew; what the run before wrote stays beside it as `.1`."""
    if log.exists():
        log.replace(log.with_name(f"{log.name}.1"))
    return log


def tail(log: Path, lines: int = 20) -> str:
    """The last lines of a log, or an empty text when there is none."""
    if not log.exists():
        return ""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - _TAIL_BYTES))
        return "\n".join(file.read().decode(errors="replace").splitlines()[-lines:])
