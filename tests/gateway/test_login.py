"""Logging in, staying in, and being put out."""

import asyncio
import time
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from gateway.sessions.models import LoginSession
from gateway.tokens import attempts
from gateway.tokens.models import LoginAttempt
from shared import clock
from shared.auth import TokenVerifier
from shared.tables import audit_entry
from tests.factories import gateway as make
from tests.fixtures.platform import ServiceUnderTest

pytestmark = pytest.mark.anyio

COUNTY, NAME = "532504", "mile-clerk"


async def post(gateway: ServiceUnderTest, path: str, **body: str) -> Any:
    async with gateway.client() as http:
        return await http.post(path, json=body)


async def wrong(gateway: ServiceUnderTest, name: str = NAME, **headers: str) -> int:
    async with gateway.client() as http:
        answer = await http.post("/auth/login", json={"username": name, "password": "Wrong-Horse-42"}, headers=headers)
    return int(answer.status_code)


async def actions(gateway: ServiceUnderTest) -> list[tuple[str, str]]:
    async with gateway.runtime.database.system_session() as session:
        rows = await session.execute(select(audit_entry.c.action, audit_entry.c.result).order_by(audit_entry.c.id))
        return [(row.action, row.result) for row in rows]


async def test_a_password_gives_a_token_with_the_claims_of_the_account(gateway: ServiceUnderTest) -> None:
    account = await make.account(gateway, COUNTY, "registrar", "reviewer", username=NAME)
    answer = await post(gateway, "/auth/login", username=" Mile-Clerk ", password=make.PASSWORD)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store"), answer.text
    caller = TokenVerifier(gateway.runtime.trust).verify(answer.json()["access_token"])
    assert (caller.subject, caller.role, caller.region) == (str(account.id), "county", COUNTY)
    assert (caller.department, set(caller.duties)) == ("hrss", {"registrar", "reviewer"})
    assert {"registry:read", "registry:write"} <= caller.scopes
    assert not {"subsidy:pay", "admin:write", "feed:read"} & caller.scopes
    assert ("gateway:login:succeed", "done") in await actions(gateway)


async def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(gateway: ServiceUnderTest) -> None:
    await make.account(gateway, COUNTY, username=NAME)
    answers = [
        await post(gateway, "/auth/login", username=name, password="Wrong-Horse-42") for name in (NAME, "nobody")
    ]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert answers[0].json() == answers[1].json()
    assert (await actions(gateway)).count(("gateway:login:fail", "failed")) == 2


async def test_an_unknown_name_takes_as_long_as_a_known_one(gateway: ServiceUnderTest) -> None:
    """Both hash once: without that an unknown name would be ten times faster."""
    await make.account(gateway, COUNTY, username=NAME)

    async def seconds(name: str) -> float:
        started = time.perf_counter()
        await wrong(gateway, name)
        return time.perf_counter() - started

    known = min([await seconds(NAME) for _ in range(4)])
    unknown = min([await seconds("nobody") for _ in range(4)])
    assert unknown > known / 2


async def test_the_sixth_attempt_is_locked_out_from_any_address(gateway: ServiceUnderTest) -> None:
    await make.account(gateway, COUNTY, username=NAME)
    for number in range(attempts.ALLOWED):
        assert await wrong(gateway, **{"X-Forwarded-For": f"10.0.0.{number}"}) == 401
    answer = await post(gateway, "/auth/login", username=NAME, password=make.PASSWORD)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= attempts.WINDOW.total_seconds()
    async with gateway.runtime.database.system_session() as session:
        before = clock.system_now() - attempts.WINDOW - timedelta(seconds=1)
        await session.execute(update(LoginAttempt).values(since=before))
    assert (await make.login(gateway, NAME))["token_type"] == "Bearer"


async def test_an_unknown_name_is_locked_out_alike(gateway: ServiceUnderTest) -> None:
    assert [await wrong(gateway, "nobody") for _ in range(6)] == [401] * 5 + [429]


async def test_guesses_at_once_are_no_more_than_one_after_another(gateway: ServiceUnderTest) -> None:
    await make.account(gateway, COUNTY, username=NAME)
    statuses = await asyncio.gather(*(wrong(gateway) for _ in range(12)))
    assert sorted(statuses) == [401] * attempts.ALLOWED + [429] * 7


async def test_a_right_password_begins_the_count_anew(gateway: ServiceUnderTest) -> None:
    await make.account(gateway, COUNTY, username=NAME)
    for _ in range(2):
        assert [await wrong(gateway) for _ in range(4)] == [401] * 4
        await make.login(gateway, NAME)


async def test_a_refresh_token_is_good_once_and_its_reuse_ends_the_session(gateway: ServiceUnderTest) -> None:
    await make.account(gateway, COUNTY, username=NAME)
    first = await make.login(gateway, NAME)
    second = (await post(gateway, "/auth/refresh", refresh_token=first["refresh_token"])).json()
    assert second["refresh_token"] != first["refresh_token"]
    reused = await post(gateway, "/auth/refresh", refresh_token=first["refresh_token"])
    assert reused.status_code == 401
    assert reused.json()["type"].endswith("session-over")
    assert (await post(gateway, "/auth/refresh", refresh_token=second["refresh_token"])).status_code == 401
    await make.tell(gateway)
    async with gateway.client(second["access_token"]) as http:
        assert (await http.post("/auth/logout")).status_code == 401
    assert ("gateway:refresh-token:reuse", "denied") in await actions(gateway)


async def test_of_two_that_use_a_refresh_token_at_once_one_wins(gateway: ServiceUnderTest) -> None:
    await make.account(gateway, COUNTY, username=NAME)
    token = (await make.login(gateway, NAME))["refresh_token"]
    answers = await asyncio.gather(*(post(gateway, "/auth/refresh", refresh_token=token) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 401, 401, 401]


async def test_a_forged_or_altered_refresh_token_ends_nothing(gateway: ServiceUnderTest) -> None:
    await make.account(gateway, COUNTY, username=NAME)
    token = str((await make.login(gateway, NAME))["refresh_token"])
    sid, generation, mac = token.split(".")
    for forged in (f"{sid}.{int(generation) + 1}.{mac}", f"{sid}.00.{mac}", f"{sid}.0.{'0' * 64}", "x", f"{token}é"):
        assert (await post(gateway, "/auth/refresh", refresh_token=forged)).status_code == 401
    assert (await post(gateway, "/auth/refresh", refresh_token=token)).status_code == 200


async def test_a_session_ends_after_a_working_day(gateway: ServiceUnderTest) -> None:
    await make.account(gateway, COUNTY, username=NAME)
    token = (await make.login(gateway, NAME))["refresh_token"]
    async with gateway.runtime.database.system_session() as session:
        await session.execute(update(LoginSession).values(expires_at=clock.system_now()))
    assert (await post(gateway, "/auth/refresh", refresh_token=token)).status_code == 401


async def test_logout_is_known_everywhere(gateway: ServiceUnderTest, registry: ServiceUnderTest) -> None:
    await make.account(gateway, COUNTY, username=NAME)
    tokens = await make.login(gateway, NAME)
    other = await make.login(gateway, NAME)
    await make.tell(gateway, registry)

    async def status(token: str) -> int:
        async with registry.client(token) as http:
            return int((await http.get("/registry/v1/regions/53")).status_code)

    assert await status(tokens["access_token"]) != 401
    async with gateway.client(tokens["access_token"]) as http:
        assert (await http.post("/auth/logout")).status_code == 204
    await make.tell(gateway, registry)
    assert await status(tokens["access_token"]) == 401
    assert (await post(gateway, "/auth/refresh", refresh_token=tokens["refresh_token"])).status_code == 401
    assert await status(other["access_token"]) != 401


async def test_a_first_password_must_be_changed_before_it_lets_in(gateway: ServiceUnderTest) -> None:
    await make.account(gateway, COUNTY, username=NAME, given=True)
    refused = await post(gateway, "/auth/login", username=NAME, password=make.PASSWORD)
    assert (refused.status_code, refused.json()["type"].rpartition("/")[2]) == (403, "password-change-required")
    change = {"username": NAME, "password": make.PASSWORD}
    for weak in ("Short-1", "alllowercaseletters", "Mile-Clerk-2026x", make.PASSWORD):
        answer = await post(gateway, "/auth/password", **change, new_password=weak)
        assert answer.status_code == 422, weak
        assert answer.json()["errors"][0]["pointer"] == "/new_password"
    wrong_one = await post(
        gateway, "/auth/password", username=NAME, password="Wrong-Horse-42", new_password="New-Horse-4242"
    )
    assert wrong_one.status_code == 401
    assert (await post(gateway, "/auth/password", **change, new_password="New-Horse-4242")).status_code == 204
    assert (await post(gateway, "/auth/login", username=NAME, password=make.PASSWORD)).status_code == 401
    await make.login(gateway, NAME, "New-Horse-4242")


async def test_a_new_password_ends_the_sessions(gateway: ServiceUnderTest) -> None:
    await make.account(gateway, COUNTY, username=NAME)
    tokens = await make.login(gateway, NAME)
    changed = await post(
        gateway, "/auth/password", username=NAME, password=make.PASSWORD, new_password="New-Horse-4242"
    )
    assert changed.status_code == 204
    assert (await post(gateway, "/auth/refresh", refresh_token=tokens["refresh_token"])).status_code == 401
