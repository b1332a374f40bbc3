"""Processes under measurement, on free ports of this machine."""

import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path

import uvicorn

HOST = "127.0.0.1"
ROOT = Path(__file__).parents[1]
_START_SECONDS = 120.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(
    commands: Sequence[Sequence[str]],
    answers: Callable[[], bool],
    environment: Mapping[str, str] | None = None,
    log: Path | None = None,
) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Run the processes until the block ends; enter it when `answers` says that they do. `log` gets what they say."""
    with log.open("wb") if log else nullcontext() as out:
        processes = [
            subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out) for command in commands
        ]
    try:
        deadline = time.monotonic() + _START_SECONDS
        while not answers():
            if time.monotonic() > deadline or any(process.poll() is not None for process in processes):
                said = log.read_text() if log else ""
                raise RuntimeError(f"{commands[0]} does not answer\n{said}")
            time.sleep(0.05)
        yield processes
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(timeout=30)


def get(port: int, path: str, token: str | None = None) -> bytes | None:
    """The body of a 200, or None when there is no such answer (yet)."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        with urllib.request.urlopen(
            urllib.request.Request(f"http://{HOST}:{port}{path}", headers=headers), timeout=5
        ) as response:
            return bytes(response.read()) if response.status == 200 else None
    except urllib.error.URLError:
        return None


def serve(config: uvicorn.Config, port: int) -> None:
    """Serve on a port that several processes may share."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listener.bind((HOST, port))
        uvicorn.Server(config).run(sockets=[listener])
