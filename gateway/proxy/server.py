"""The uvicorn settings that the door relies on: `uvicorn.Config(app, **UVICORN)`."""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class Gathered:
    """A transport that sends what is written in one turn of the event loop in one system call.

    uvicorn writes an answer's head and its body separately; for small answers that second call is a visible part of
    the door's time.
    """

    __slots__ = ("_loop", "_parts", "_transport")

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._loop = asyncio.get_running_loop()
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> None:
        if not self._parts:
            self._loop.call_soon(self._flush)
        self._parts.append(data)

    def close(self) -> None:
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        parts, self._parts = self._parts, []
        if parts and not self._transport.is_closing():  # the client may have gone in the meantime
            self._transport.write(b"".join(parts))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class DoorProtocol(HttpToolsProtocol):
    """Shows the application the request target as it was sent, and gathers what is written.

    uvicorn takes the path out of `GET http://evil/x` and cuts a fragment off, so that the door could not see that
    another host was asked for. Such a target is handed on whole, and `paths.check_target` refuses it.
    """

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.transport = Gathered(transport)  # type: ignore[assignment]

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        # The application's task has been made but has not run yet.
        if not self.url.startswith(b"/") or b"#" in self.url:
            self.scope["raw_path"] = self.url


UVICORN: dict[str, Any] = {
    "http": DoorProtocol,
    "loop": "uvloop",
    "ws": "none",
    "access_log": False,
    "server_header": False,
    # The door reads X-Forwarded-For itself, from configured proxies only; uvicorn would believe 127.0.0.1.
    "proxy_headers": False,
    # Longer than the clients' own idle time, so that the client closes first and never meets a dying connection.
    "timeout_keep_alive": 75,
    "timeout_graceful_shutdown": 30,
}
