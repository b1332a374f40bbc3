"""The door's data path as a plain ASGI application.

A request is judged (path, headers, token, rate, size), takes one of its service's places, and is streamed through in
both directions without being decoded. Nothing of it is kept, and the connection to the service is given back however
the exchange ends.
"""

import json
from collections.abc import Mapping
from typing import Self

from aiohttp import TCPConnector

from gateway.proxy.client import Client, Receive, Scope, Send
from gateway.proxy.exchange import Exchange
from gateway.proxy.headers import Inbound, Raw, address_to_service, client_address, inbound, language, make_request_id
from gateway.proxy.identity import Authenticate
from gateway.proxy.limits import BodyLimits, Buckets, Limits, address_key
from gateway.proxy.paths import check_target, route
from gateway.proxy.upstream import Upstream, open_connector
from shared.errors import MEDIA_TYPE, Problem

_DEFAULT = Limits()


class Proxy:
    """ASGI application for every path that the gateway does not serve itself.

    `upstreams` maps a service's name, the first path segment, to its base URL. `authenticate` raises a Problem for a
    bad token and may return the subject of a good one. Call `close()` (or use it as a context) when the server stops.
    """

    def __init__(self, upstreams: Mapping[str, str], authenticate: Authenticate, limits: Limits = _DEFAULT) -> None:
        self.upstreams = {
            name.encode("ascii"): Upstream(name, base, limits.concurrency, limits.connect)
            for name, base in upstreams.items()
        }
        self.limits = limits
        self._authenticate = authenticate
        self._body_limits = BodyLimits(limits.body)
        self._by_address = Buckets(limits.rates[0]) if limits.rates else None
        self._by_subject = Buckets(limits.rates[1]) if limits.rates else None
        self._connector: TCPConnector | None = None

    @property
    def connector(self) -> TCPConnector:
        """The connections to the services; opened with the first request, as they belong to the running event loop."""
        if self._connector is None:
            self._connector = open_connector()
        return self._connector

    async def close(self) -> None:
        if self._connector is not None:
            await self._connector.close()
            self._connector = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        kind = scope["type"]
        if kind == "http":
            await self._http(scope, receive, send)
        elif kind == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        elif kind == "lifespan":
            await self._lifespan(receive, send)
        else:
            raise ValueError(f"unknown kind of ASGI scope: {kind}")

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        door_headers: list[tuple[bytes, bytes]] = []
        try:
            request = self._read(scope, door_headers)
            raw_path, query = scope["raw_path"], scope["query_string"]
            check_target(raw_path, query)
            self._identify(scope, request, door_headers)
            upstream = route(raw_path, self.upstreams)
            client = Client(receive, self._body_limits.of(raw_path))
            client.check_length(request.length)
            exchange = Exchange(upstream, self.limits, client, send, door_headers)
            target = raw_path + b"?" + query if query else raw_path
            await exchange.run(self.connector, scope["method"], target, request)
        except Problem as problem:
            await answer(problem, scope["headers"], send, door_headers)

    def _read(self, scope: Scope, door_headers: list[tuple[bytes, bytes]]) -> Inbound:
        try:
            request = inbound(scope["headers"])
        except Problem:
            door_headers.append((b"x-request-id", make_request_id()))
            raise
        door_headers.append((b"x-request-id", request.request_id))
        return request

    def _identify(self, scope: Scope, request: Inbound, door_headers: list[tuple[bytes, bytes]]) -> None:
        """Check the token, count the request, and tell the service where it came from."""
        peer = scope["client"][0] if scope["client"] else ""
        address = client_address(peer, request.forwarded_for, self.limits.trusted_proxies)
        try:
            subject = self._authenticate(scope["headers"])
        except Problem:
            self._count(self._by_address, address_key(address), door_headers)
            raise
        if subject is None:
            self._count(self._by_address, address_key(address), door_headers)
        else:
            self._count(self._by_subject, subject, door_headers)
        address_to_service(request, address)

    @staticmethod
    def _count(buckets: Buckets | None, key: str, door_headers: list[tuple[bytes, bytes]]) -> None:
        if buckets is not None:
            door_headers.append((b"ratelimit-policy", buckets.policy))
            door_headers.append((b"ratelimit", buckets.take(key)))

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        """Only when the proxy is served by itself; mounted in an application, that one closes it."""
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.close()
        await send({"type": "lifespan.shutdown.complete"})


async def answer(problem: Problem, request_headers: Raw, send: Send, door_headers: Raw) -> None:
    """Answer with the problem document, in the client's language."""
    body = json.dumps(problem.document(language(request_headers)), ensure_ascii=False).encode()
    headers = [(b"content-type", MEDIA_TYPE.encode()), (b"content-length", str(len(body)).encode())]
    headers += [(name.lower().encode(), value.encode()) for name, value in problem.headers.items()]
    headers += door_headers
    await send({"type": "http.response.start", "status": problem.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
