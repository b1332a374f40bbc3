from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from http.client import HTTPConnection, HTTPResponse
from typing import Any

import pytest

from gateway.proxy.app import Proxy
from gateway.proxy.headers import Raw
from gateway.proxy.limits import Limits
from shared.errors import Unauthenticated
from tests.gateway.proxy.servers import HOST, door, serving
from tests.gateway.proxy.service import service

LIMITS = Limits(body={"/": 100_000, "/registry/v1/imports": 10_000_000}, connect=1, first_byte=1, idle=1, rates=None)


def authenticate(headers: Raw) -> str | None:
    """Good tokens begin with "good"; this stands for the gateway's check, which has tests of its own."""
    token = dict(headers).get(b"authorization")
    if token is None:
        return None
    if not token.startswith(b"Bearer good"):
        raise Unauthenticated
    return token.decode("ascii")


@dataclass
class Door:
    """A running door and a client to it."""

    port: int
    proxy: Proxy
    upstream_port: int

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[HTTPResponse, bytes]:
        connection = HTTPConnection(HOST, self.port, timeout=10)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body=body, headers=named, encode_chunked=hasattr(body, "__next__"))
            response = connection.getresponse()
            return response, response.read()
        finally:
            connection.close()

    @property
    def leased(self) -> int:
        """Connections to services that are in use at this moment."""
        connector = self.proxy._connector
        return len(connector._acquired) if connector is not None else 0


OpenDoor = Callable[..., Door]


@pytest.fixture(scope="session")
def service_port() -> Iterator[int]:
    with serving(service, lifespan="off", http="httptools", loop="uvloop") as port:
        yield port


@pytest.fixture
def open_door(service_port: int) -> Iterator[OpenDoor]:
    """A door before the test service, with some limits changed or other services added."""
    with ExitStack() as stack:

        def start(upstreams: dict[str, str] | None = None, **changed: Any) -> Door:
            limits = replace(LIMITS, **changed)
            services = {"registry": f"http://{HOST}:{service_port}"} | (upstreams or {})
            proxy = Proxy(services, authenticate, limits)
            return Door(stack.enter_context(door(proxy)), proxy, service_port)

        yield start


@pytest.fixture
def a_door(open_door: OpenDoor) -> Door:
    return open_door()
