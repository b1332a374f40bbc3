"""Programs: who may make a client, what it may ask for, and how its secrets change."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from sqlalchemy import update

from gateway.clients.models import ClientSecret
from shared import clock
from shared.auth import TokenVerifier
from shared.client import ServiceClient
from tests.factories import gateway as make
from tests.fixtures.platform import ServiceUnderTest

pytestmark = pytest.mark.anyio

PROVINCE, COUNTY = "53", "532504"
ORGANISATION = UUID("01981f6e-7c00-7000-8000-00000000a6e1")


async def ask(gateway: ServiceUnderTest, client_id: str, secret: str, **more: str) -> httpx2.Response:
    form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret} | more
    async with gateway.client() as http:
        return await http.post("/oauth/token", data=form)


def jobs_answers(gateway: ServiceUnderTest, answer: Callable[[httpx2.Request], httpx2.Response]) -> None:
    """Put an answer of jobs in its place: what the gateway makes of it is the matter here."""
    http = httpx2.AsyncClient(transport=httpx2.MockTransport(answer), base_url="http://jobs")
    gateway.runtime.clients = {**gateway.runtime.clients, "jobs": ServiceClient("jobs", http)}


def filed_with(region: str | None) -> Callable[[httpx2.Request], httpx2.Response]:
    def answer(request: httpx2.Request) -> httpx2.Response:
        assert request.url.path == f"/jobs/v1/organisations/{ORGANISATION}"
        return httpx2.Response(200, json={"filed": region is not None, "filed_region": region, "name": "某公司"})

    return answer


def organisation(**changes: Any) -> dict[str, Any]:
    new = {"role": "organisation", "name": "某机构接口", "organisation_id": str(ORGANISATION), "scopes": ["jobs:write"]}
    return new | changes


def system(**changes: Any) -> dict[str, Any]:
    new = {"role": "system", "name": "财政一卡通系统", "region": COUNTY, "scopes": ["subsidy:read", "subsidy:pay"]}
    return new | changes


async def test_a_county_makes_a_client_for_an_organisation_that_it_filed(gateway: ServiceUnderTest) -> None:
    jobs_answers(gateway, filed_with(COUNTY))
    async with gateway.client(await make.officer(gateway, COUNTY, "admin")) as http:
        made = await http.post("/gateway/v1/clients", json=organisation())
        assert made.status_code == 201, made.text
        detail = await http.get(f"/gateway/v1/clients/{made.json()['id']}")
        assert len(detail.json()["secrets"]) == 1
        assert made.json()["client_secret"] not in detail.text
    answer = await ask(gateway, made.json()["id"], made.json()["client_secret"])
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store"), answer.text
    caller = TokenVerifier(gateway.runtime.trust).verify(answer.json()["access_token"])
    assert (caller.role, caller.org, caller.region, caller.client_id) == (
        "organisation",
        ORGANISATION,
        None,
        made.json()["id"],
    )
    assert caller.scopes == {"jobs:write"}


async def test_not_for_another_countys_organisation_nor_for_one_that_is_not_filed(gateway: ServiceUnderTest) -> None:
    token = await make.officer(gateway, COUNTY, "admin")
    for region in ("532503", None):
        jobs_answers(gateway, filed_with(region))
        async with gateway.client(token) as http:
            answer = await http.post("/gateway/v1/clients", json=organisation())
        assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (403, "not-filed-by-you")
    jobs_answers(gateway, lambda _: httpx2.Response(404, json={}))
    async with gateway.client(token) as http:
        assert (await http.post("/gateway/v1/clients", json=organisation())).status_code == 403
    jobs_answers(gateway, lambda _: httpx2.Response(503))
    async with gateway.client(token) as http:
        assert (await http.post("/gateway/v1/clients", json=organisation())).status_code == 503


@pytest.mark.parametrize(
    ("level", "given", "status"),
    [
        (PROVINCE, system(), 201),
        (COUNTY, system(), 403),
        (PROVINCE, organisation(), 403),
        (PROVINCE, system(region="21"), 404),
        (PROVINCE, system(scopes=["admin:write"]), 422),
        (PROVINCE, system(scopes=["feed:read"]), 422),
        (PROVINCE, system(scopes=["registry:pii"]), 422),
        (PROVINCE, system(role="service"), 422),
        (PROVINCE, system(organisation_id=str(uuid4())), 422),
    ],
)
async def test_who_may_make_which_client(
    gateway: ServiceUnderTest, level: str, given: dict[str, Any], status: int
) -> None:
    async with gateway.client(await make.officer(gateway, level, "admin")) as http:
        answer = await http.post("/gateway/v1/clients", json=given)
    assert answer.status_code == status, answer.text


async def test_scopes_are_no_wider_than_the_clients(gateway: ServiceUnderTest) -> None:
    secret = await make.client(gateway, "bank", "system", region=COUNTY, scopes=["subsidy:pay", "subsidy:read"])
    narrow = await ask(gateway, "bank", secret, scope="subsidy:read")
    assert narrow.json()["scope"] == "subsidy:read"
    caller = TokenVerifier(gateway.runtime.trust).verify(narrow.json()["access_token"])
    assert (caller.region, set(caller.scopes), caller.subject) == (COUNTY, {"subsidy:read"}, "client:bank")
    wide = await ask(gateway, "bank", secret, scope="subsidy:read registry:read")
    assert (wide.status_code, wide.json()["error"]) == (400, "invalid_scope")


async def test_errors_are_problem_documents_with_the_error_of_rfc_6749(gateway: ServiceUnderTest) -> None:
    secret = await make.client(gateway, "bank", "system", region=COUNTY)
    for given, status, error in (
        ({"client_secret": "x" * 43}, 401, "invalid_client"),
        ({"client_id": "nobody"}, 401, "invalid_client"),
        ({"client_secret": ""}, 400, "invalid_request"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
    ):
        form = {"grant_type": "client_credentials", "client_id": "bank", "client_secret": secret} | given
        async with gateway.client() as http:
            answer = await http.post("/oauth/token", data=form)
        assert (answer.status_code, answer.json()["error"]) == (status, error)
        assert answer.headers["content-type"] == "application/problem+json"


async def test_two_secrets_change_over_without_a_gap(gateway: ServiceUnderTest) -> None:
    first = await make.client(gateway, "system-bank", "system", region=COUNTY)
    async with gateway.client(await make.officer(gateway, PROVINCE, "admin")) as http:
        path = "/gateway/v1/clients/system-bank/secrets"
        second = (await http.post(path)).json()["client_secret"]
        assert (await http.post(path)).status_code == 409
        assert [(await ask(gateway, "system-bank", secret)).status_code for secret in (first, second)] == [200, 200]
        old = (await http.get("/gateway/v1/clients/system-bank")).json()["secrets"][0]["id"]
        assert (await http.delete(f"{path}/{old}")).status_code == 204
        assert (await http.delete(f"{path}/{old}")).status_code == 404
    assert [(await ask(gateway, "system-bank", secret)).status_code for secret in (first, second)] == [401, 200]


async def test_a_secret_ends_with_its_time(gateway: ServiceUnderTest) -> None:
    secret = await make.client(gateway, "bank", "system", region=COUNTY)
    async with gateway.runtime.database.system_session() as session:
        await session.execute(update(ClientSecret).values(expires_at=clock.system_now() - timedelta(seconds=1)))
    assert (await ask(gateway, "bank", secret)).status_code == 401


async def test_a_disabled_client_is_out_at_once_and_comes_back(
    gateway: ServiceUnderTest, registry: ServiceUnderTest
) -> None:
    secret = await make.client(gateway, "bank", "system", region=COUNTY, scopes=["registry:read"])
    token = (await ask(gateway, "bank", secret)).json()["access_token"]
    async with gateway.client(await make.officer(gateway, PROVINCE, "admin")) as http:
        path = "/gateway/v1/clients/bank"
        assert (await http.patch(path, json={"disabled": True}, headers={"If-Match": '"1"'})).status_code == 200
        assert (await ask(gateway, "bank", secret)).status_code == 401
        await make.tell(gateway, registry)
        async with registry.client(token) as there:
            assert (await there.get("/registry/v1/regions/53")).status_code == 401
        assert (await http.patch(path, json={"disabled": False}, headers={"If-Match": '"2"'})).status_code == 200
    again = (await ask(gateway, "bank", secret)).json()["access_token"]
    async with registry.client(again) as there:
        assert (await there.get("/registry/v1/regions/53")).status_code == 404
    async with registry.client(token) as there:
        assert (await there.get("/registry/v1/regions/53")).status_code == 401


async def test_a_services_client_is_nobodys_to_see(gateway: ServiceUnderTest) -> None:
    await make.client(gateway, "service-jobs", "service", scopes=["feed:read"])
    async with gateway.client(await make.officer(gateway, PROVINCE, "admin")) as http:
        assert (await http.get("/gateway/v1/clients/service-jobs")).status_code == 404
        assert (await http.get("/gateway/v1/clients")).json()["items"] == []
        assert (await http.post("/gateway/v1/clients/service-jobs/secrets")).status_code == 404
