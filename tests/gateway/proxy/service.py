"""A service behind the door that tells what it got, streams, and keeps still, as its path says."""

import asyncio
import gzip
import hashlib
import json
from typing import Any

GZIPPED = gzip.compress("帮扶".encode() * 1000, mtime=0)


async def service(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] != "http":
        raise RuntimeError("HTTP only")
    name = scope["raw_path"].rsplit(b"/", 1)[-1].decode("ascii")
    await ROUTES.get(name, echo)(scope, receive, send)


async def echo(scope: Any, receive: Any, send: Any) -> None:
    body = await read(receive)
    seen = {
        "method": scope["method"],
        "path": scope["raw_path"].decode("ascii"),
        "query": scope["query_string"].decode("ascii"),
        "headers": [[name.decode("latin-1"), value.decode("latin-1")] for name, value in scope["headers"]],
        "length": len(body),
        "sha256": hashlib.sha256(body).hexdigest(),
    }
    await answer(send, 200, json.dumps(seen).encode(), [(b"content-type", b"application/json")])


async def repeated(scope: Any, receive: Any, send: Any) -> None:
    headers = [
        (b"set-cookie", b"a=1"),
        (b"set-cookie", b"b=2"),
        (b"link", b"<x>; rel=next"),
        (b"connection", b"x-internal"),
        (b"x-internal", b"secret"),
        (b"keep-alive", b"timeout=5"),
    ]
    await answer(send, 200, b"ok", headers)


async def zipped(scope: Any, receive: Any, send: Any) -> None:
    await answer(send, 200, GZIPPED, [(b"content-encoding", b"gzip")])


async def slowly(scope: Any, receive: Any, send: Any) -> None:
    """The first part at once, the last after a second."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"first", "more_body": True})
    await asyncio.sleep(1)
    await send({"type": "http.response.body", "body": b"last"})


async def endless(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    while not send.__self__.disconnected:  # uvicorn drops what is sent to nobody
        await send({"type": "http.response.body", "body": b"x" * 65536, "more_body": True})
        await asyncio.sleep(0)


async def silent(scope: Any, receive: Any, send: Any) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def stalled(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"first", "more_body": True})
    await silent(scope, receive, send)


async def unchanged(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 304, "headers": [(b"etag", b'"1"')]})
    await send({"type": "http.response.body", "body": b""})


async def early(scope: Any, receive: Any, send: Any) -> None:
    """Refuses without reading the body."""
    await answer(send, 409, b"refused", [])


async def read(receive: Any) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            break
        body += message["body"]
        more = message["more_body"]
    return body


async def answer(send: Any, status: int, body: bytes, headers: list[tuple[bytes, bytes]]) -> None:
    headers = [*headers, (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


ROUTES: dict[str, Any] = {
    "repeated": repeated,
    "zipped": zipped,
    "slowly": slowly,
    "endless": endless,
    "silent": silent,
    "stalled": stalled,
    "unchanged": unchanged,
    "early": early,
}
