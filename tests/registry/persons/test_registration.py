"""Registering people one by one: rules on numbers, places, households, and one person once."""

import asyncio

import pytest
from sqlalchemy import text

from tests.factories import registry as make
from tests.factories.registry_steps import HOME, NEIGHBOUR, events, register
from tests.fixtures import tokens
from tests.fixtures.platform import ServiceUnderTest

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("divisions")]


async def test_a_person_is_registered_masked_and_told_of_without_a_name(registry: ServiceUnderTest) -> None:
    number = make.id_number("19850607")
    made = await register(registry, id_number=number, name="买买提•吐尔逊", service_needs=["技能培训"])
    assert made["name"] == "买买提·吐尔逊"
    assert made["id_number"] == f"532{'*' * 13}{number[-2:]}"
    assert made["phone"] == "138******11"
    assert (made["status"], made["mobility"], made["base"]) == ("unemployed", "far", "ordinary")
    assert (made["version"], made["verified"], made["verifying_region"]) == (1, False, HOME)
    (event,) = await events(registry, "registry.person")
    assert event["subject"] == made["id"]
    assert event["data"]["after"] == {
        "household_id": made["household_id"], "sex": "male", "birth_year": 1985, "ethnicity": "07", "education": "70",
        "political_status": "13", "health": "1", "labor_capacity": "normal", "mobility": "far", "base": "ordinary",
        "monitoring": None, "status": "unemployed", "initial_status": "unemployed", "verified": False, "alive": True,
        "registered_on": made["registered_on"], "transfer": None, "intent_place": None, "service_needs": ["training"],
        "skills": [], "wish_wage_fen": None,
    }  # fmt: skip
    async with registry.runtime.database.system_session() as session:
        row = (await session.execute(text("SELECT person::text FROM person"))).scalar_one()
        outbox = (await session.execute(text("SELECT string_agg(outbox::text, '') FROM outbox"))).scalar_one()
    for planted in (number, "买买提", "13800001111"):
        assert planted not in row
        assert planted not in outbox


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"id_number": "532504198506070019"}, "/id_number"),
        ({"id_number": "532504850607001"}, "/id_number"),
        ({"name": "张3"}, "/name"),
        ({"phone": "12345"}, "/phone"),
        ({"ethnicity": "汗族"}, "/ethnicity"),
        ({"labor_capacity": "很强"}, "/labor_capacity"),
        ({"region": "532504100999"}, "/region"),
        ({"household": {"number": "H1", "category": "富裕户"}}, "/household/category"),
        ({"nickname": "小张"}, "/nickname"),
    ],
)
async def test_what_does_not_hold_is_named_and_never_repeated(
    registry: ServiceUnderTest, changes: dict[str, object], pointer: str
) -> None:
    async with registry.client(tokens.officer("532504")) as client:
        answer = await client.post("/registry/v1/persons", json=make.person() | changes)
    assert answer.status_code == 422, answer.text
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    for value in changes.values():
        assert not isinstance(value, str) or value not in answer.text


async def test_a_number_is_registered_once_even_when_two_villages_send_it_at_once(
    registry: ServiceUnderTest,
) -> None:
    number = make.id_number()

    async def send(village: str) -> tuple[int, str]:
        async with registry.client(tokens.officer(village)) as client:
            answer = await client.post("/registry/v1/persons", json=make.person(village, id_number=number))
            return answer.status_code, answer.text

    answers = await asyncio.gather(send(HOME), send(NEIGHBOUR))
    assert sorted(status for status, _ in answers) == [201, 409]
    refusal = next(body for status, body in answers if status == 409)
    assert "already-registered" in refusal
    assert HOME not in refusal
    assert NEIGHBOUR not in refusal
    async with registry.runtime.database.system_session() as session:
        assert (await session.execute(text("SELECT count(*) FROM person"))).scalar_one() == 1
        assert (await session.execute(text("SELECT count(*) FROM person_key"))).scalar_one() == 1


async def test_the_same_request_sent_again_is_carried_out_once(registry: ServiceUnderTest) -> None:
    body, key = make.person(), {"Idempotency-Key": "survey-0001"}
    async with registry.client(tokens.officer(sub="surveyor")) as client:
        first = await client.post("/registry/v1/persons", json=body, headers=key)
        again = await client.post("/registry/v1/persons", json=body, headers=key)
        other = await client.post("/registry/v1/persons", json=body | {"name": "李四"}, headers=key)
    assert first.json()["id"] == again.json()["id"]
    assert other.status_code == 422


async def test_only_below_ones_own_region_and_only_registrars(registry: ServiceUnderTest) -> None:
    for token, status in (
        (tokens.officer(NEIGHBOUR), 403),
        (tokens.officer("532503"), 403),
        (tokens.officer(HOME, "reviewer"), 403),
        (tokens.service(), 403),
        (tokens.officer("5325"), 201),
    ):
        async with registry.client(token) as client:
            answer = await client.post("/registry/v1/persons", json=make.person())
        assert answer.status_code == status, answer.text


async def test_a_household_has_one_category(registry: ServiceUnderTest) -> None:
    first = await register(registry, household={"number": "H77", "category": "脱贫不稳定户"})
    assert (first["base"], first["monitoring"]) == ("poverty_alleviated", "unstable")
    second = await register(registry, household={"number": "h77", "category": "unstable"}, kinship="妻子")
    assert second["household_id"] == first["household_id"]
    async with registry.client(tokens.officer()) as client:
        body = make.person(household={"number": "H77", "category": "ordinary"})
        answer = await client.post("/registry/v1/persons", json=body)
        assert (answer.status_code, answer.json()["type"].rsplit("/", 1)[1]) == (409, "category-differs")
        later = {"category": "poverty_alleviated", "since": "2018-06-01"}
        path = f"/registry/v1/households/{first['household_id']}"
        headers = {"If-Match": (await client.get(path)).headers["ETag"]}
        changed = await client.put(f"{path}/category", json=later, headers=headers)
        assert (changed.status_code, changed.json()["monitoring"]) == (200, None)
        assert (await client.put(f"{path}/category", json=later, headers=headers)).status_code == 412
        people = (await client.get("/registry/v1/persons", params={"household": first["household_id"]})).json()
    assert [(each["monitoring"], each["version"]) for each in people["items"]] == [(None, 2), (None, 2)]


async def test_somebody_who_works_is_registered_with_their_job(registry: ServiceUnderTest) -> None:
    job = {"kind": "unit", "employer_name": "上海示例电子有限公司", "work_region": "310117", "started_on": "2018-03-01"}
    made = await register(registry, employment=job)
    assert (made["status"], made["initial_status"], made["transfer"]) == ("employed", "employed", "outside_province")
    (event,) = await events(registry, "registry.spell")
    assert event["data"]["after"]["person_id"] == made["id"]
    assert "上海示例电子" not in str(event)
    async with registry.client(tokens.officer()) as client:
        spells = (await client.get(f"/registry/v1/persons/{made['id']}/spells")).json()["items"]
    assert [(each["transfer"], each["channel"]) for each in spells] == [("outside_province", "self")]
