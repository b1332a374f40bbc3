"""One process of the platform: started, started again after a crash, stopped."""

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from cli.dev.processes import fresh_log, start_child, tail

FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
HEALTHY_AFTER_SECONDS = 60.0
STOP_SECONDS = 10.0


@dataclass(slots=True)
class Child:
    """A program with its environment and its log. `name` is that of the log."""

    name: str
    command: Sequence[str]
    env: Mapping[str, str]
    cwd: Path
    log: Path
    port: int | None = None
    process: subprocess.Popen[bytes] | None = None
    _started_at: float = 0.0
    _crashes: int = 0
    _restart_at: float | None = field(default=None)

    def start(self) -> None:
        """Start it with a new log."""
        fresh_log(self.log)
        self._start()

    def _start(self) -> None:
        self.process = start_child(self.command, log=self.log, env=self.env, cwd=self.cwd)
        self._started_at = time.monotonic()
        self._restart_at = None

    @property
    def exit_code(self) -> int | None:
        """None while it runs."""
        return self.process.poll() if self.process else None

    def look_after(self) -> str | None:
        """Start it again when it crashed and its pause is over. Says so once per crash: what happened, and when it
        will be back. The pause doubles with each crash in a row."""
        now = time.monotonic()
        if self._restart_at is not None:
            if now >= self._restart_at:
                self._start()
            return None
        if self.exit_code is None:
            return None
        self._crashes = 1 if now - self._started_at > HEALTHY_AFTER_SECONDS else self._crashes + 1
        pause = min(FIRST_PAUSE_SECONDS * 2 ** (self._crashes - 1), LONGEST_PAUSE_SECONDS)
        self._restart_at = now + pause
        return f"{self.failure()}\n{self.name} starts again in {pause:g} s."

    def failure(self) -> str:
        """How it ended, with the end of its log."""
        code = self.exit_code
        how = f"was killed by {signal.Signals(-code).name}" if code is not None and code < 0 else f"ended with {code}"
        return f"{self.name} {how}. Its log, {self.log}, ends:\n{tail(self.log)}"


def stop_all(children: Sequence[Child]) -> None:
    """Ask all to stop, wait for all, and kill what does not listen, with everything it started."""
    alive = [one.process for one in children if one.process]
    for process in alive:
        _signal_group(process, signal.SIGTERM, leader_only=True)
    deadline = time.monotonic() + STOP_SECONDS
    for process in alive:
        with suppress(subprocess.TimeoutExpired):
            process.wait(max(0.0, deadline - time.monotonic()))
        _signal_group(process, signal.SIGKILL)
        process.wait()


def _signal_group(process: subprocess.Popen[bytes], number: signal.Signals, *, leader_only: bool = False) -> None:
    """Each child leads a process group, in which its own children live on when it ends first."""
    with suppress(ProcessLookupError):
        if leader_only:
            process.send_signal(number)
        else:
            os.killpg(process.pid, number)
