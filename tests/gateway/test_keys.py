"""Signing keys: made once, rotated without refusing a valid token, gone when their last token is."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import jwt
import pytest

from gateway import housekeeping
from gateway.keys import commands, service
from shared import clock
from shared.auth import POLL_SECONDS, STALE_SECONDS, TokenVerifier, Trust
from shared.errors import Unauthenticated
from tests.factories import gateway as make
from tests.fixtures.platform import ServiceUnderTest

pytestmark = pytest.mark.anyio


class MovedClock:
    """The system's clock, moved on by hand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._at = clock.system_now()
        monkeypatch.setattr(clock, "system_now", self.now)

    def now(self) -> datetime:
        return self._at

    def move(self, seconds: float) -> None:
        self._at += timedelta(seconds=seconds)


async def kids(gateway: ServiceUnderTest) -> list[str]:
    async with gateway.client() as http:
        return [key["kid"] for key in (await http.get("/.well-known/jwks.json")).json()["keys"]]


async def signed(gateway: ServiceUnderTest) -> str:
    claims: dict[str, Any] = {
        "iss": "bangfu-gateway",
        "aud": "bangfu",
        "sub": "service:jobs",
        "sid": "s",
        "role": "service",
        "exp": 4_000_000_000,
    }
    async with gateway.runtime.database.system_session() as session:
        return await service.sign(session, gateway.runtime.keyring, claims)


async def test_of_gateways_that_start_together_one_makes_the_key(gateway: ServiceUnderTest) -> None:
    async def ensure() -> None:
        async with gateway.runtime.database.system_session() as session:
            await service.ensure(session, gateway.runtime.keyring)

    before = await kids(gateway)
    await asyncio.gather(ensure(), ensure())
    assert await kids(gateway) == before
    assert len(before) == 1


async def test_the_document_shows_no_private_key_and_requests_cannot_read_it(gateway: ServiceUnderTest) -> None:
    async with gateway.client() as http:
        key = (await http.get("/.well-known/jwks.json")).json()["keys"][0]
    assert set(key) == {"kty", "crv", "use", "alg", "kid", "x"}
    with pytest.raises(Exception, match="permission denied for table signing_key"):
        await _sign_as_request(gateway)


async def _sign_as_request(gateway: ServiceUnderTest) -> None:
    async with gateway.runtime.database.session() as session:
        await service.sign(session, gateway.runtime.keyring, {})


async def test_a_rotation_refuses_no_valid_token(gateway: ServiceUnderTest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A service that polls as late as is allowed follows a rotation from its first to its last moment."""
    moved = MovedClock(monkeypatch)
    trust, polled, tokens, new = Trust(), float("-inf"), [], ""
    for second in range(0, 800, 5):
        if second == 20:
            new = await commands.rotate(gateway.runtime)
        if second - polled >= STALE_SECONDS - POLL_SECONDS:
            async with gateway.client() as http:
                trust.refresh((await http.get("/.well-known/jwks.json")).json(), [])
            polled = second
        tokens.append(await signed(gateway))
        for token in tokens[-120:]:  # those of the last ten minutes
            assert TokenVerifier(trust).verify(token).subject == "service:jobs"
        moved.move(5)
    assert await kids(gateway) == [new]
    await housekeeping.tidy(gateway.runtime)
    with pytest.raises(Unauthenticated):
        TokenVerifier(trust).verify(tokens[0])


async def test_a_new_key_is_published_before_it_signs(
    gateway: ServiceUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = MovedClock(monkeypatch)
    old = await kids(gateway)
    new = await commands.rotate(gateway.runtime)
    assert await commands.rotate(gateway.runtime) == new, "one on its way is enough"
    assert await kids(gateway) == [*old, new]
    trust = Trust()
    async with gateway.client() as http:
        trust.refresh((await http.get("/.well-known/jwks.json")).json(), [])
    for wait, kid in ((0, old[0]), (service.AHEAD.total_seconds(), new)):
        moved.move(wait)
        token = await signed(gateway)
        TokenVerifier(trust).verify(token)
        assert _kid(token) == kid


def _kid(token: str) -> str:
    return str(jwt.get_unverified_header(token)["kid"])


async def test_old_keys_rotate_by_themselves(gateway: ServiceUnderTest, monkeypatch: pytest.MonkeyPatch) -> None:
    moved = MovedClock(monkeypatch)
    old = await kids(gateway)
    await housekeeping.tidy(gateway.runtime)
    assert await kids(gateway) == old
    moved.move(service.ROTATE_AFTER.total_seconds() + 1)
    await housekeeping.tidy(gateway.runtime)
    assert len(await kids(gateway)) == 2


async def test_a_gateway_tells_its_own_tokens_from_anothers(gateway: ServiceUnderTest) -> None:
    account = await make.account(gateway, "532504", "reporter")
    token = (await make.login(gateway, account.username))["access_token"]
    assert TokenVerifier(gateway.runtime.trust).verify(token).subject == str(account.id)
    header, claims, signature = token.split(".")
    with pytest.raises(Unauthenticated):
        TokenVerifier(gateway.runtime.trust).verify(f"{header}.{claims}.{signature[::-1]}")
