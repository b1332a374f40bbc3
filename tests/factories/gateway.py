"""Accounts and clients at the gateway, and their tokens by the real way in."""

from typing import Any

from gateway.clients import service as clients
from gateway.trust import refresh
from gateway.users import passwords
from gateway.users import service as users
from gateway.users.models import Account
from gateway.users.schemas import UserIn
from shared.auth import Department, Duty
from tests.fixtures.platform import ServiceUnderTest

PASSWORD = "Correct-Horse-42"


async def account(
    gateway: ServiceUnderTest,
    region: str,
    *duties: str,
    username: str | None = None,
    department: str = "hrss",
    given: bool = False,
) -> Account:
    """An account with `PASSWORD`, as the seed makes it."""
    held = [Duty(duty) for duty in duties or ("reporter",)]
    new = UserIn(
        username=username or f"u{region}-{'-'.join(held)}",
        title="测试岗位",
        region=region,
        department=Department(department),
        duties=held,
    )
    async with gateway.runtime.database.system_session() as session:
        return await users.create(session, None, new, await passwords.hashed(PASSWORD), password_given=given)


async def login(gateway: ServiceUnderTest, username: str, password: str = PASSWORD) -> dict[str, Any]:
    async with gateway.client() as http:
        answer = await http.post("/auth/login", json={"username": username, "password": password})
    assert answer.status_code == 200, answer.text
    tokens: dict[str, Any] = answer.json()
    return tokens


async def officer(gateway: ServiceUnderTest, region: str, *duties: str, **more: Any) -> str:
    """The access token of a new account."""
    made = await account(gateway, region, *duties, **more)
    return str((await login(gateway, made.username))["access_token"])


async def client(gateway: ServiceUnderTest, client_id: str, role: str, **values: Any) -> str:
    """A client as the seed makes it; returns its secret."""
    secret = clients.draw_secret()
    defaults = {"name": "测试客户端", "organisation_id": None, "region": None, "scopes": ["jobs:read"]}
    async with gateway.runtime.database.system_session() as session:
        await clients.add(session, "seed", defaults | values | {"id": client_id, "role": role})
        await clients.add_secret(session, gateway.runtime.keyring, client_id, secret)
    return secret


async def tell(gateway: ServiceUnderTest, *services: ServiceUnderTest) -> None:
    """Let services learn the gateway's keys and revocations from its documents, as their polling does; and the
    gateway from its database."""
    await refresh(gateway.runtime)
    async with gateway.client() as http:
        jwks = (await http.get("/.well-known/jwks.json")).json()
        sids = (await http.get("/oauth/revocations")).json()["sids"]
    for service in services:
        service.runtime.trust.refresh(jwks, sids)
