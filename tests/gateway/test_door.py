"""The door over real connections: what the gateway serves itself, and what it passes on."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest
import uvicorn

from gateway.app import SERVICE
from gateway.door import OWN_BODY, Door, limits
from gateway.proxy.app import Proxy
from gateway.proxy.identity import token_check
from gateway.proxy.limits import ANONYMOUS, Rate
from gateway.proxy.server import UVICORN
from shared.auth import TokenVerifier
from tests.factories import gateway as make
from tests.fixtures.platform import ServiceUnderTest

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def served(app: Any, **settings: Any) -> AsyncIterator[int]:
    """An application on a free port; yields the port."""
    config = uvicorn.Config(app, port=0, log_level="error", lifespan="off", **settings)
    server = uvicorn.Server(config)
    config.load()
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        await server.shutdown()


@asynccontextmanager
async def the_door(
    gateway: ServiceUnderTest, registry: ServiceUnderTest, rate: Rate = ANONYMOUS
) -> AsyncIterator[httpx2.AsyncClient]:
    """The door as it is served, with the registry behind it on its own port."""
    door_settings = {name: value for name, value in UVICORN.items() if name != "loop"}
    async with served(registry.app) as behind:
        authenticate = token_check(TokenVerifier(gateway.runtime.trust))
        proxy = Proxy({"registry": f"http://127.0.0.1:{behind}"}, authenticate, limits(gateway.runtime.settings))
        async with (
            proxy,
            served(Door(gateway.app, proxy, rate), **door_settings) as port,
            httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http,
        ):
            yield http


async def test_one_login_opens_the_services_until_the_logout(
    gateway: ServiceUnderTest, registry: ServiceUnderTest
) -> None:
    account = await make.account(gateway, "532504", "registrar")
    await make.tell(gateway, registry)
    async with the_door(gateway, registry) as http:
        login = {"username": account.username, "password": make.PASSWORD}
        token = (await http.post("/auth/login", json=login)).json()["access_token"]
        bearer = {"Authorization": f"Bearer {token}"}
        there = await http.get("/registry/v1/regions/53", headers=bearer)
        assert (there.status_code, there.json()["type"].rpartition("/")[2]) == (404, "not-found")
        assert (await http.get("/registry/v1/regions/53")).status_code == 401
        assert (await http.get("/registry/internal/regions/names", headers=bearer)).status_code == 404
        assert (await http.get("/nothing/v1/x", headers=bearer)).status_code == 404
        assert (await http.post("/auth/logout", headers=bearer)).status_code == 204
        await make.tell(gateway)  # the door alone: registry itself has not heard yet
        assert (await http.get("/registry/v1/regions/53", headers=bearer)).status_code == 401


async def test_the_gateways_own_paths_are_limited_too(gateway: ServiceUnderTest, registry: ServiceUnderTest) -> None:
    async with the_door(gateway, registry, Rate("address", per_second=0.01, burst=4)) as http:
        large = await http.post("/auth/login", content=b"x" * (OWN_BODY + 1))
        assert (large.status_code, large.headers["content-type"]) == (413, "application/problem+json")
        assert (await http.get("/auth/%2e%2e/health/ready")).status_code == 400
        assert [(await http.get("/health/live")).status_code for _ in range(4)] == [200, 200, 200, 429]


async def test_the_door_is_ready_without_the_services(gateway: ServiceUnderTest) -> None:
    async with gateway.client() as http:
        answer = await http.get("/health/ready")
    assert (answer.status_code, answer.json()["trust"]) == (200, True)


async def test_nothing_of_the_gateways_own_hides_a_service(gateway: ServiceUnderTest) -> None:
    async def nobody(_: Any) -> None:
        return None

    door = Door(gateway.app, Proxy({}, nobody))  # type: ignore[arg-type]
    assert door._own == {b"gateway", b"auth", b"oauth", b".well-known", b"openapi.json", b"docs", b"health", b"metrics"}
    assert SERVICE.wrap is not None
