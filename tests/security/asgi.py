"""The shortest way into an application: one ASGI call, without a client in between.

The matrix asks tens of thousands of questions; a client library would take most of the time.
"""

from contextlib import suppress
from typing import Any, NamedTuple
from urllib.parse import unquote

from fastapi import FastAPI


class Reply(NamedTuple):
    status: int
    media_type: str
    body: bytes


async def ask(
    app: FastAPI,
    method: str,
    path: str,
    token: str | None = None,
    body: bytes = b"",
    media_type: str | None = None,
    **more: str,
) -> Reply:
    """`more` are further headers. What the application fails to turn into an answer of its own is answered with 500."""
    headers = [(b"host", b"service"), (b"content-length", str(len(body)).encode())]
    if token:
        headers.append((b"authorization", b"Bearer " + token.encode()))
    headers += [(name.replace("_", "-").encode(), value.encode()) for name, value in more.items()]
    if media_type:
        headers.append((b"content-type", media_type.encode()))
    pure, _, query = path.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote(pure),
        "raw_path": pure.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("service", 80),
    }
    sent: list[Any] = []
    given = False

    async def receive() -> dict[str, Any]:
        nonlocal given
        if given:
            return {"type": "http.disconnect"}
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    with suppress(Exception):  # Starlette answers 500 and raises all the same
        await app(scope, receive, send)
    start = sent[0]
    kind = next((value.decode() for name, value in start["headers"] if name == b"content-type"), "")
    return Reply(start["status"], kind, b"".join(message.get("body", b"") for message in sent[1:]))
