"""The uvicorn settings that the door relies on: `uvicorn.Config(app, **UVICORN)`."""

from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class DoorProtocol(HttpToolsProtocol):
    """Shows the application the request target as it was sent.

    uvicorn takes the path out of `GET http://evil/x` and cuts a fragment off, so that the door could not see that
    another host was asked for. Such a target is handed on whole, and `paths.check_target` refuses it.
    """

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
