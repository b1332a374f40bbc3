"""The one door: what the gateway serves itself, and the proxy for everything else.

Both sides are judged by the same rules (`gateway.proxy`): canonical target, rate, size, time.
"""

import asyncio
from collections.abc import Mapping
from ipaddress import ip_network

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from gateway.proxy.app import Proxy, answer
from gateway.proxy.client import Message, Receive, Scope, Send
from gateway.proxy.errors import SlowRequest
from gateway.proxy.headers import client_address
from gateway.proxy.identity import token_check
from gateway.proxy.limits import ANONYMOUS, MIB, Buckets, Limits, Rate, address_key
from gateway.proxy.paths import check_target
from gateway.proxy.server import UVICORN
from shared.auth import TokenVerifier
from shared.errors import Problem, Text, TooLarge
from shared.runtime import Runtime
from shared.settings import SERVICES, Settings

SERVER = UVICORN
BODY: Mapping[str, int] = {
    "/": 2 * MIB,
    "/registry/v1/imports": 64 * MIB,
    "/jobs/v1/postings/bulk": 16 * MIB,
    "/subsidy/v1/": 32 * MIB,
}
"""Workbooks, postings by the thousand, and evidence with the banks' files are larger than a form."""

OWN_BODY = 64 * 1024
OWN_BODY_SECONDS = 15.0

_LIMIT = Text("提交的内容超过 64 KiB", "The body is larger than 64 KiB")


def door(app: FastAPI) -> "Door":
    runtime: Runtime = app.state.runtime
    settings = runtime.settings
    upstreams = {name: settings.url_of(name) for name in SERVICES}
    return Door(app, Proxy(upstreams, token_check(TokenVerifier(runtime.trust)), limits(settings)))


def limits(settings: Settings) -> Limits:
    return Limits(body=BODY, trusted_proxies=tuple(ip_network(one) for one in settings.trusted_proxies))


class Door:
    """An ASGI application. A path whose first segment is one of the gateway's own stays here."""

    def __init__(self, app: FastAPI, proxy: Proxy, rate: Rate = ANONYMOUS) -> None:
        self._app, self._proxy = app, proxy
        self._own = {_first(str(route.path_format).encode()) for route in iter_route_contexts(app.routes)}
        self._by_address = Buckets(rate)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            await self._proxy.close()
        elif scope["type"] == "http" and _first(scope["raw_path"]) in self._own:
            await self._serve(scope, receive, send)
        else:
            await self._proxy(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            check_target(scope["raw_path"], scope["query_string"])
            self._by_address.take(address_key(self._address(scope)))
            body = await _whole_body(receive)
        except Problem as problem:
            await answer(problem, scope["headers"], send, [])
            return
        if body is not None:
            await self._app(scope, _replayed(body, receive), send)

    def _address(self, scope: Scope) -> str:
        peer = scope["client"][0] if scope["client"] else ""
        forwarded = b",".join(value for name, value in scope["headers"] if name == b"x-forwarded-for") or None
        return client_address(peer, forwarded, self._proxy.limits.trusted_proxies)


def _first(path: bytes) -> bytes:
    return path[1:].partition(b"/")[0]


async def _whole_body(receive: Receive) -> bytes | None:
    """The body; None when the client has gone. Raises TooLarge, SlowRequest."""
    body = bytearray()
    try:
        async with asyncio.timeout(OWN_BODY_SECONDS):
            while True:
                message = await receive()
                if message["type"] != "http.request":
                    return None
                body += message.get("body", b"")
                if len(body) > OWN_BODY:
                    raise TooLarge(_LIMIT, headers={"Connection": "close"})
                if not message.get("more_body"):
                    return bytes(body)
    except TimeoutError:
        raise SlowRequest(headers={"Connection": "close"}) from None


def _replayed(body: bytes, receive: Receive) -> Receive:
    read = False

    async def replay() -> Message:
        nonlocal read
        if read:
            return await receive()
        read = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay
