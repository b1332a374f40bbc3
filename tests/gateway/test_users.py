"""Who may make and change which account."""

from typing import Any

import pytest
from sqlalchemy import select, text

from gateway.users.models import Account
from shared.auth import TokenVerifier
from shared.database import Scope, scoped
from tests.factories import gateway as make
from tests.fixtures.platform import ServiceUnderTest

pytestmark = pytest.mark.anyio

PROVINCE, COUNTY, TOWNSHIP, VILLAGE = "53", "532504", "532504103", "532504103202"
OTHER_COUNTY = "532503"


def body(region: str = VILLAGE, *duties: str, **changes: Any) -> dict[str, Any]:
    new = {
        "username": "new-officer",
        "title": "啥咩村 就业信息员",
        "region": region,
        "department": "hrss",
        "duties": list(duties) or ["registrar"],
    }
    return new | changes


async def test_an_admin_makes_an_account_below_with_a_password_shown_once(gateway: ServiceUnderTest) -> None:
    token = await make.officer(gateway, COUNTY, "admin")
    async with gateway.client(token) as http:
        key = {"Idempotency-Key": "make-new-officer"}
        made = await http.post("/gateway/v1/users", json=body(), headers=key)
        assert (made.status_code, made.headers["etag"]) == (201, '"1"'), made.text
        again = await http.post("/gateway/v1/users", json=body(), headers=key)
        assert (again.json()["id"], again.json()["initial_password"]) == (made.json()["id"], None)
        listed = await http.get("/gateway/v1/users", params={"region": TOWNSHIP})
        assert [user["username"] for user in listed.json()["items"]] == ["new-officer"]
    password = made.json()["initial_password"]
    async with gateway.client() as http:
        change = {"username": "new-officer", "password": password, "new_password": "My-Own-Words-1"}
        assert (await http.post("/auth/password", json=change)).status_code == 204
    tokens = await make.login(gateway, "new-officer", "My-Own-Words-1")
    assert TokenVerifier(gateway.runtime.trust).verify(tokens["access_token"]).region == VILLAGE


@pytest.mark.parametrize(
    ("given", "status", "code"),
    [
        (body(COUNTY, "approver"), 201, ""),
        (body(COUNTY, "finance", department="finance"), 201, ""),
        (body(COUNTY, "admin"), 403, "beyond-your-rights"),
        (body(COUNTY, "auditor"), 403, "beyond-your-rights"),
        (body(OTHER_COUNTY), 404, "not-found"),
        (body(PROVINCE, "reporter"), 404, "not-found"),
        (body(VILLAGE, "approver"), 422, "invalid"),
        (body(VILLAGE, "admin"), 422, "invalid"),
        (body(TOWNSHIP, "finance", department="finance"), 422, "invalid"),
        (body(COUNTY, "finance"), 422, "invalid"),
        (body(COUNTY, "approver", "reviewer"), 422, "invalid"),
        (body(VILLAGE, "chief"), 422, "invalid"),
        (body("53250", "reporter"), 422, "invalid"),
        (body(username="Zhang San"), 422, "invalid"),
        (body(password="Chosen-By-Admin-1"), 422, "invalid"),
    ],
)
async def test_what_a_county_admin_may_give(
    gateway: ServiceUnderTest, given: dict[str, Any], status: int, code: str
) -> None:
    async with gateway.client(await make.officer(gateway, COUNTY, "admin")) as http:
        answer = await http.post("/gateway/v1/users", json=given)
    assert answer.status_code == status, answer.text
    if code:
        assert answer.json()["type"].endswith(f"/{code}")


async def test_only_an_admin_makes_accounts(gateway: ServiceUnderTest) -> None:
    for duty in ("registrar", "approver", "auditor", "reporter"):
        async with gateway.client(await make.officer(gateway, COUNTY, duty)) as http:
            assert (await http.post("/gateway/v1/users", json=body())).status_code == 403


async def test_a_province_makes_the_countys_admin(gateway: ServiceUnderTest) -> None:
    async with gateway.client(await make.officer(gateway, PROVINCE, "admin")) as http:
        assert (await http.post("/gateway/v1/users", json=body(COUNTY, "admin"))).status_code == 201


async def test_nobody_raises_the_own_account(gateway: ServiceUnderTest) -> None:
    admin = await make.account(gateway, COUNTY, "admin")
    token = (await make.login(gateway, admin.username))["access_token"]
    async with gateway.client(token) as http:
        answer = await http.patch(
            f"/gateway/v1/users/{admin.id}", json={"duties": ["approver"]}, headers={"If-Match": '"1"'}
        )
        assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (403, "beyond-your-rights")


async def test_an_admin_does_not_touch_admins_and_auditors_of_its_own_level(gateway: ServiceUnderTest) -> None:
    auditor = await make.account(gateway, COUNTY, "auditor")
    async with gateway.client(await make.officer(gateway, COUNTY, "admin")) as http:
        path = f"/gateway/v1/users/{auditor.id}"
        assert (await http.patch(path, json={"disabled": True}, headers={"If-Match": '"1"'})).status_code == 403
        assert (await http.post(f"{path}/password-reset")).status_code == 403


async def test_a_demotion_binds_at_once(gateway: ServiceUnderTest, registry: ServiceUnderTest) -> None:
    account = await make.account(gateway, TOWNSHIP, "registrar", "reviewer")
    tokens = await make.login(gateway, account.username)
    await make.tell(gateway, registry)
    async with gateway.client(await make.officer(gateway, COUNTY, "admin")) as http:
        path = f"/gateway/v1/users/{account.id}"
        assert (await http.patch(path, json={"duties": ["reporter"]})).status_code == 428
        assert (await http.patch(path, json={"duties": ["reporter"]}, headers={"If-Match": '"7"'})).status_code == 412
        changed = await http.patch(path, json={"duties": ["reporter"]}, headers={"If-Match": '"1"'})
        assert (changed.status_code, changed.headers["etag"]) == (200, '"2"'), changed.text
    await make.tell(gateway, registry)
    async with registry.client(tokens["access_token"]) as http:
        assert (await http.get("/registry/v1/regions/53")).status_code == 401
    async with gateway.client() as http:
        answer = await http.post("/auth/refresh", json={"refresh_token": tokens["refresh_token"]})
        assert answer.status_code == 401
    again = (await make.login(gateway, account.username))["access_token"]
    assert TokenVerifier(gateway.runtime.trust).verify(again).duties == {"reporter"}


async def test_a_title_changes_without_ending_sessions(gateway: ServiceUnderTest) -> None:
    account = await make.account(gateway, TOWNSHIP, "registrar")
    tokens = await make.login(gateway, account.username)
    async with gateway.client(await make.officer(gateway, COUNTY, "admin")) as http:
        path = f"/gateway/v1/users/{account.id}"
        changed = await http.patch(path, json={"title": "虹溪镇 经办岗"}, headers={"If-Match": '"1"'})
        assert changed.json()["title"] == "虹溪镇 经办岗"
    async with gateway.client() as http:
        answer = await http.post("/auth/refresh", json={"refresh_token": tokens["refresh_token"]})
        assert answer.status_code == 200


async def test_a_disabled_account_does_not_log_in(gateway: ServiceUnderTest) -> None:
    account = await make.account(gateway, TOWNSHIP, "registrar")
    async with gateway.client(await make.officer(gateway, COUNTY, "admin")) as http:
        path = f"/gateway/v1/users/{account.id}"
        assert (await http.patch(path, json={"disabled": True}, headers={"If-Match": '"1"'})).status_code == 200
    async with gateway.client() as http:
        answer = await http.post("/auth/login", json={"username": account.username, "password": make.PASSWORD})
        assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (401, "login-failed")


async def test_accounts_elsewhere_are_invisible(gateway: ServiceUnderTest) -> None:
    elsewhere = await make.account(gateway, OTHER_COUNTY, "registrar")
    async with gateway.client(await make.officer(gateway, COUNTY, "admin")) as http:
        path = f"/gateway/v1/users/{elsewhere.id}"
        assert (await http.get(path)).status_code == 404
        assert (await http.patch(path, json={"disabled": True}, headers={"If-Match": '"1"'})).status_code == 404
        assert (await http.post(f"{path}/password-reset")).status_code == 404
        assert (await http.get("/gateway/v1/users", params={"region": OTHER_COUNTY})).status_code == 404
        names = [user["region"] for user in (await http.get("/gateway/v1/users")).json()["items"]]
        assert names == [COUNTY]
        taken = await http.post("/gateway/v1/users", json=body(username=elsewhere.username))
        assert (taken.status_code, taken.json()["type"].rpartition("/")[2]) == (409, "username-taken")


async def test_the_list_pages_and_refuses_unknown_filters(gateway: ServiceUnderTest) -> None:
    for number in range(5):
        await make.account(gateway, VILLAGE, "registrar", username=f"village-{number}")
    async with gateway.client(await make.officer(gateway, COUNTY, "admin")) as http:
        assert (await http.get("/gateway/v1/users", params={"name": "x"})).status_code == 422
        path, names = "/gateway/v1/users?limit=2", []
        while path:
            answer = await http.get(path)
            names += [user["username"] for user in answer.json()["items"]]
            link = answer.headers.get("link", "")
            path = link.partition("<")[2].partition(">")[0]
    assert names == ["u532504-admin", *(f"village-{number}" for number in range(5))]


async def test_the_database_itself_shows_no_other_region(gateway: ServiceUnderTest) -> None:
    """Row-level security under the queries: a statement that forgot the region finds nothing of others."""
    for region in (COUNTY, VILLAGE, OTHER_COUNTY):
        await make.account(gateway, region)
    everything = select(Account.region).order_by(Account.region)  # type: ignore[call-overload]
    seen: dict[str | None, list[str]] = {}
    for scope in (COUNTY, VILLAGE, None):
        with scoped(Scope(region=scope)):
            async with gateway.runtime.database.session() as session:
                seen[scope] = list(await session.scalars(everything))
                touched = await session.execute(text("UPDATE account SET title = '改' WHERE region = '532503'"))
                assert touched.rowcount == 0  # type: ignore[attr-defined]
    assert seen == {COUNTY: [COUNTY, VILLAGE], VILLAGE: [VILLAGE], None: []}
