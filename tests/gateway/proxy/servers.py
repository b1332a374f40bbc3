"""Real servers on real sockets: services behind the door, and the door itself, each in a thread of its own."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from gateway.proxy.app import Proxy
from gateway.proxy.server import UVICORN

HOST = "127.0.0.1"


@contextmanager
def serving(app: Any, **settings: Any) -> Iterator[int]:
    """Run an ASGI application under uvicorn until the block ends; gives its port."""
    with socket.create_server((HOST, 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, **{"timeout_graceful_shutdown": 1, **settings}))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        wait_until(lambda: server.started)
        try:
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join(timeout=10)


@contextmanager
def door(proxy: Proxy) -> Iterator[int]:
    with serving(proxy, **{**UVICORN, "timeout_graceful_shutdown": 1}) as port:
        yield port


@contextmanager
def scripted(answer: Callable[[socket.socket], None]) -> Iterator[int]:
    """A service that speaks bytes: `answer` is called with every connection that it accepts."""
    with socket.create_server((HOST, 0)) as listener:
        open_connections: list[socket.socket] = []

        def accept() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                open_connections.append(connection)
                threading.Thread(target=_run, args=(answer, connection), daemon=True).start()

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(timeout=5)
            for connection in open_connections:
                connection.close()


def _run(answer: Callable[[socket.socket], None], connection: socket.socket) -> None:
    try:
        answer(connection)
    except OSError:
        return  # the test ended first


def read_head(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        part = connection.recv(65536)
        if not part:
            break
        data += part
    return data


def raw(port: int, request: bytes, *, timeout: float = 5) -> bytes:
    """Send these bytes and read until the other side closes or is silent."""
    with socket.create_connection((HOST, port), timeout=timeout) as connection:
        connection.sendall(request)
        received = b""
        try:
            while part := connection.recv(65536):
                received += part
        except (TimeoutError, ConnectionResetError):
            pass
        return received


def wait_until(happened: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > deadline:
            raise AssertionError("it did not happen in time")
        time.sleep(0.01)
