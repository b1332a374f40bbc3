"""Divisions through the API."""

from uuid import UUID

import pytest
from sqlalchemy import delete, func, select
from sqlmodel import col

from services.registry.regions import dataset, loading
from services.registry.regions.models import Division, DivisionSuccession, RegionLoad
from tests.factories import registry as make
from tests.fixtures import tokens
from tests.fixtures.platform import ServiceUnderTest

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
async def _divisions(registry: ServiceUnderTest) -> None:
    await make.divisions(registry.runtime.database)


async def test_a_division_is_found_by_its_code(registry: ServiceUnderTest) -> None:
    async with registry.client(tokens.officer()) as client:
        answer = await client.get("/registry/v1/regions/53")
        assert answer.status_code == 200, answer.text
        assert answer.json()["name"] == "云南省"
        for path, status in (("11", 404), ("2113a", 422), ("21130", 422)):
            answer = await client.get(f"/registry/v1/regions/{path}")
            assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


async def test_without_a_token_nothing_is_read(registry: ServiceUnderTest) -> None:
    async with registry.client() as client:
        assert (await client.get("/registry/v1/regions/53")).status_code == 401
    async with registry.client(tokens.organisation("00000000-0000-7000-8000-000000000001")) as client:
        assert (await client.get("/registry/v1/regions/53")).status_code == 403


async def test_children_come_in_pages_and_an_unknown_filter_is_refused(registry: ServiceUnderTest) -> None:
    async with registry.client(tokens.officer()) as client:
        # Divisions stay from test to test, and another may have loaded the whole province.
        whole = (await client.get("/registry/v1/regions", params={"parent": "5325"})).json()["items"]
        assert {"532503", "532504"} <= {each["code"] for each in whole}
        first = await client.get("/registry/v1/regions", params={"parent": "5325", "limit": 1})
        assert first.json()["items"] == whole[:1]
        link = first.headers["Link"].split(">")[0].lstrip("<")
        second = await client.get(link)
        assert second.json()["items"] == whole[1:2]
        provinces = (await client.get("/registry/v1/regions")).json()["items"]
        assert {"31", "44", "53"} <= {each["code"] for each in provinces}
        assert (await client.get("/registry/v1/regions", params={"name": "弥勒"})).status_code == 422


async def test_a_load_runs_as_a_job_goes_on_after_a_crash_and_changes_nothing_twice(
    registry: ServiceUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    some = [division for division in make.DIVISIONS if division.code.startswith(("31", "53"))]
    monkeypatch.setattr(dataset, "read", lambda _: iter(sorted(some)))
    monkeypatch.setattr(loading, "CHUNK", 4)
    stored = 0
    upsert = loading.upsert

    async def fails_at_the_third(session: object, divisions: object) -> None:
        nonlocal stored
        stored += 1
        if stored == 3:
            raise RuntimeError("the machine went away")
        await upsert(session, divisions)  # type: ignore[arg-type]

    monkeypatch.setattr(loading, "upsert", fails_at_the_third)
    async with registry.client(tokens.officer("53", "admin")) as client:
        made = await client.post("/registry/v1/regions/loads", json={"provinces": ["53", "31"]})
        assert made.status_code == 202, made.text
        path = f"/registry/v1/regions/loads/{made.json()['id']}"
        with pytest.raises(RuntimeError):
            await loading.run(registry.runtime.database, UUID(made.json()["id"]))
        half = (await client.get(path)).json()
        assert (half["state"], half["done"], half["total"]) == ("running", 8, len(some))
        await registry.run_jobs()
        assert (await client.get(path)).json() | {"id": ""} == {
            "id": "", "provinces": ["31", "53"], "state": "done", "done": len(some), "total": len(some),
        }  # fmt: skip
    assert stored == 3 + -(-(len(some) - 8) // 4), "what was stored before the crash is not stored again"


async def test_only_a_province_administrator_loads_and_only_known_provinces(registry: ServiceUnderTest) -> None:
    for token in (tokens.officer("53"), tokens.officer("5325", "admin"), tokens.service()):
        async with registry.client(token) as client:
            assert (await client.post("/registry/v1/regions/loads", json={"provinces": ["53"]})).status_code == 403
    async with registry.client(tokens.officer("53", "admin")) as client:
        answer = await client.post("/registry/v1/regions/loads", json={"provinces": ["53", "71"]})
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/provinces/1")


async def test_the_committed_data_load_without_http(registry: ServiceUnderTest) -> None:
    """Ningxia, the province with the fewest villages, as it is."""
    database = registry.runtime.database
    counted = await loading.load_now(database, ["64"])
    async with database.system_session() as session:
        held = await session.scalar(select(func.count()).where(col(Division.code).startswith("64")))
        load = (await session.execute(select(RegionLoad))).scalar_one()
    assert counted == held == load.done == load.total
    assert counted > 2_000


@pytest.mark.parametrize(
    ("place", "code"),
    [
        ("上海市松江区", "310117"),
        ("上海市松江区某路1号", "310117"),
        ("云南省红河州弥勒市", "532504"),
        ("云南省红河哈尼族彝族自治州弥勒市", "532504"),
        ("弥勒市", "532504"),
        ("红河州", "5325"),
        ("广东东莞", "4419"),
        ("云南", "53"),
        ("云南省无此县", None),
        ("松江市", None),
    ],
)
async def test_a_written_place_is_found(registry: ServiceUnderTest, place: str, code: str | None) -> None:
    async with registry.client(tokens.officer()) as client:
        answer = await client.get("/registry/v1/regions/place", params={"place": place})
    assert answer.json()["code"] == code


async def test_a_county_adds_its_own_unit_below_itself_only(registry: ServiceUnderTest) -> None:
    async with registry.runtime.database.system_session() as session:
        await session.execute(delete(DivisionSuccession).where(col(DivisionSuccession.code) == "532504997"))
        await session.execute(delete(Division).where(col(Division.code) == "532504997"))
    unit = {
        "code": "532504997",
        "name": "示例农场管理局",
        "valid_from": "2018-01-01",
        "predecessors": ["532504100"],
    }
    async with registry.client(tokens.officer("532504")) as client:
        made = await client.post("/registry/v1/regions", json=unit)
        assert made.status_code == 201, made.text
        assert (made.json()["issuer"], made.json()["predecessors"]) == ("532504", ["532504100"])
        assert (await client.post("/registry/v1/regions", json=unit)).status_code == 409
        for code in ("532503777", "532504", "532505777"):
            assert (await client.post("/registry/v1/regions", json=unit | {"code": code})).status_code == 422
        orphan = await client.post("/registry/v1/regions", json=unit | {"code": "532504998001"})
        assert orphan.json()["type"].endswith("no-such-parent")
    async with registry.client(tokens.officer("532504100")) as client:
        assert (await client.post("/registry/v1/regions", json=unit)).status_code == 403


async def test_dated_types_are_set_by_who_is_above(registry: ServiceUnderTest) -> None:
    body = {"types": [{"kind": "poor", "valid_from": "2014-01-01", "valid_to": "2019-01-01"}]}
    path = "/registry/v1/regions/532504100201/types"
    async with registry.client(tokens.officer("532504")) as client:
        assert (await client.put(path, json=body)).json()["types"] == body["types"]
        wrong = {"types": [{"kind": "poor", "valid_from": "2019-01-01", "valid_to": "2014-01-01"}]}
        assert (await client.put(path, json=wrong)).status_code == 422
    async with registry.client(tokens.officer("532503")) as client:
        assert (await client.put(path, json={"types": []})).status_code == 404


async def test_services_ask_for_names(registry: ServiceUnderTest) -> None:
    async with registry.client(tokens.service("reporting")) as client:
        named = await client.post("/registry/internal/regions/names", json={"codes": ["532504", "999999"]})
        assert named.json() == {"532504": "弥勒市"}
        again = await client.get("/registry/internal/regions/names", params={"codes": ["53", "5325"]})
        assert again.json() == {"53": "云南省", "5325": "红河哈尼族彝族自治州"}
