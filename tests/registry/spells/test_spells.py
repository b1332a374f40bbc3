"""Spells: exactly once by placement, status and transfer that follow, and what is refused."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from tests.factories import registry as make
from tests.factories.registry_steps import events, register
from tests.fixtures import tokens
from tests.fixtures.platform import ServiceUnderTest

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("divisions")]


async def put(registry: ServiceUnderTest, placement: object, body: dict[str, Any]) -> Any:
    async with registry.client(tokens.service()) as client:
        return await client.put(f"/registry/v1/spells/{placement}", json=body)


async def person(registry: ServiceUnderTest, person_id: str) -> dict[str, Any]:
    async with registry.client(tokens.officer()) as client:
        found: dict[str, Any] = (await client.get(f"/registry/v1/persons/{person_id}")).json()
    return found


async def test_eight_at_once_make_one_spell_one_event_and_one_change_of_status(registry: ServiceUnderTest) -> None:
    made = await register(registry)
    placement, body = uuid4(), make.spell(made["id"])
    answers = await asyncio.gather(*(put(registry, placement, body) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    assert len({answer.text for answer in answers}) == 1
    assert answers[0].json() | {"id": ""} == {
        "id": "", "placement_id": str(placement), "person_id": made["id"], "version": 1,
        "transfer": "outside_province", "region": made["region"], "county_code": "532504",
    }  # fmt: skip
    after = await person(registry, made["id"])
    assert (after["status"], after["work_region"], after["version"]) == ("employed", "310117", 2)
    assert after["initial_status"] == "unemployed"
    assert len(await events(registry, "registry.spell")) == 1
    assert [each["data"]["version"] for each in await events(registry, "registry.person")] == [1, 2]


async def test_the_end_of_the_last_spell_makes_the_person_unemployed(registry: ServiceUnderTest) -> None:
    made = await register(registry)
    placement, body = uuid4(), make.spell(made["id"])
    await put(registry, placement, body)
    ended = await put(registry, placement, body | {"ended_on": "2018-06-30", "end_reason": "辞职"})
    assert (ended.status_code, ended.json()["version"]) == (200, 2)
    after = await person(registry, made["id"])
    assert (after["status"], after["work_region"], after["transfer"]) == ("unemployed", None, None)
    last = (await events(registry, "registry.spell"))[-1]
    assert last["data"]["after"]["ended_on"] == "2018-06-30"
    next_job = await put(registry, uuid4(), make.spell(made["id"], started_on="2018-07-01", work_region="532503"))
    assert (next_job.status_code, next_job.json()["transfer"]) == (201, "outside_county")


async def test_what_is_refused_and_by_which_code(registry: ServiceUnderTest) -> None:
    made, dead, other = [await register(registry) for _ in range(3)]
    async with registry.client(tokens.officer()) as client:
        path = f"/registry/v1/persons/{dead['id']}"
        answer = await client.patch(path, json={"status": "deceased"}, headers={"If-Match": '"1"'})
        assert (answer.status_code, answer.json()["alive"]) == (200, False)
    placement = uuid4()
    assert (await put(registry, placement, make.spell(made["id"]))).status_code == 201
    for which, body, status, code in (
        (uuid4(), make.spell(uuid4()), 404, "not-found"),
        (uuid4(), make.spell(dead["id"]), 409, "person-not-alive"),
        (uuid4(), make.spell(made["id"], started_on="2018-05-01"), 409, "already-employed"),
        (uuid4(), make.spell(made["id"], started_on="2017-05-01", ended_on="2018-04-01"), 409, "already-employed"),
        (placement, make.spell(other["id"]), 409, "placement-of-another"),
        (uuid4(), make.spell(other["id"], ended_on="2018-01-01"), 422, "invalid"),
        (uuid4(), make.spell(other["id"], monthly_wage=4200), 422, "invalid"),
        (uuid4(), make.spell(other["id"], work_region="31011"), 422, "invalid"),
    ):
        answer = await put(registry, which, body)
        assert (answer.status_code, answer.json()["type"].rsplit("/", 1)[1]) == (status, code), answer.text
    before = await put(registry, uuid4(), make.spell(made["id"], started_on="2017-01-01", ended_on="2018-02-28"))
    assert before.status_code == 201
    async with registry.runtime.database.system_session() as session:
        counted = await session.execute(text("SELECT count(*), count(DISTINCT placement_id) FROM spell"))
        assert tuple(counted.one()) == (2, 2)
        assert (await session.execute(text("SELECT count(*) FROM placement_key"))).scalar_one() == 2


async def test_only_services_put_placements(registry: ServiceUnderTest) -> None:
    made = await register(registry)
    async with registry.client(tokens.officer("53")) as client:
        answer = await client.put(f"/registry/v1/spells/{uuid4()}", json=make.spell(made["id"]))
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("kind", "place", "transfer"),
    [
        ("unit", "532504", "within_county"),
        ("unit", "532504101", "within_county"),
        ("flexible", "530302", "outside_county"),
        ("self_employed", "5303", "outside_county"),
        ("unit", "44", "outside_province"),
        ("unit", "53", None),
        ("unit", "5325", None),
        ("own_farm", "532504", None),
        ("public_post", "532504100201", None),
        ("public_post", "532504101201", "within_county"),
    ],
)
async def test_transfer_follows_from_home_and_work_place(
    registry: ServiceUnderTest, kind: str, place: str, transfer: str | None
) -> None:
    made = await register(registry)
    async with registry.client(tokens.officer()) as client:
        path = f"/registry/v1/persons/{made['id']}/spells"
        body = {"kind": kind, "work_region": place, "started_on": "2018-01-01"}
        answer = await client.post(path, json=body)
        assert (answer.status_code, answer.json()["transfer"]) == (201, transfer)
        assert (await person(registry, made["id"]))["transfer"] == transfer


async def test_an_officer_changes_their_own_record_but_not_a_placement(registry: ServiceUnderTest) -> None:
    made = await register(registry)
    placed = (await put(registry, uuid4(), make.spell(made["id"], ended_on="2018-04-01"))).json()
    async with registry.client(tokens.officer(sub="a")) as client:
        path = f"/registry/v1/persons/{made['id']}/spells"
        body = {"kind": "flexible", "work_place": "县城工地", "started_on": "2018-05-01"}
        own = (await client.post(path, json=body)).json()
        refused = await client.put(f"{path}/{placed['id']}", json=body, headers={"If-Match": '"1"'})
        assert refused.json()["type"].endswith("belongs-to-placement")
        ended = body | {"ended_on": "2018-06-01"}
        assert (await client.put(f"{path}/{own['id']}", json=ended)).status_code == 428
        changed = await client.put(f"{path}/{own['id']}", json=ended, headers={"If-Match": '"1"'})
        assert (changed.status_code, changed.headers["ETag"]) == (200, '"2"')
        assert (await client.put(f"{path}/{own['id']}", json=ended, headers={"If-Match": '"1"'})).status_code == 412
        assert (await client.post(f"{path}/{own['id']}/verify")).status_code == 409
    async with registry.client(tokens.officer("532504100", sub="b")) as client:
        assert (await client.post(f"{path}/{own['id']}/verify")).json()["verified"] is True
    last = (await events(registry, "registry.spell"))[-1]["data"]["after"]
    assert (last["work_place_text"], last["work_region"], last["verified"]) == (True, None, True)


async def test_facts_for_a_decision(registry: ServiceUnderTest) -> None:
    made = await register(registry)
    spell = (await put(registry, uuid4(), make.spell(made["id"]))).json()
    path = f"/registry/internal/persons/{made['id']}/facts"
    async with registry.client(tokens.service("subsidy")) as client:
        facts = (await client.get(path)).json()
        assert (await client.get(f"/registry/internal/persons/{uuid4()}/facts")).status_code == 404
    assert facts.pop("spells") == [
        {
            "id": spell["id"], "placement_id": spell["placement_id"], "started_on": "2018-03-01", "ended_on": None,
            "work_region": "310117", "transfer": "outside_province", "organised": True, "contract_signed": True,
            "insured": True, "verified": False, "version": 1,
        }
    ]  # fmt: skip
    assert facts == {
        "person_id": made["id"], "version": 2, "alive": True, "base": "ordinary", "monitoring": None,
        "mobility": "far", "status": "employed", "labor_capacity": "normal", "birth_year": 1985,
        "region": made["region"], "county_code": "532504", "hukou_region": made["region"],
    }  # fmt: skip
    async with registry.client(tokens.officer("53")) as client:
        assert (await client.get(path)).status_code == 403


async def test_death_ends_what_is_open(registry: ServiceUnderTest) -> None:
    made = await register(registry)
    placement = uuid4()
    await put(registry, placement, make.spell(made["id"]))
    async with registry.client(tokens.officer()) as client:
        path = f"/registry/v1/persons/{made['id']}"
        refused = await client.patch(path, json={"status": "in_school"}, headers={"If-Match": '"2"'})
        assert refused.json()["type"].endswith("has-open-spell")
        answer = await client.patch(path, json={"status": "deceased"}, headers={"If-Match": '"2"'})
        assert (answer.json()["status"], answer.json()["alive"]) == ("deceased", False)
        (spell,) = (await client.get(f"{path}/spells")).json()["items"]
    assert spell["end_reason"] == "deceased"
    corrected = await put(registry, placement, make.spell(made["id"], ended_on="2018-05-31", end_reason="deceased"))
    assert corrected.status_code == 200


async def test_the_snapshot_has_the_present_state_of_both(registry: ServiceUnderTest) -> None:
    made = [await register(registry) for _ in range(3)]
    await put(registry, uuid4(), make.spell(made[0]["id"]))
    seen: list[tuple[str, str, int]] = []
    page: str | None = None
    async with registry.client(tokens.service("reporting")) as client:
        for _ in range(10):
            params = {"limit": 2} | ({"page": page} if page else {})
            body = (await client.get("/registry/v1/snapshot", params=params)).json()
            seen += [(each["type"], each["subject"], each["data"]["version"]) for each in body["events"]]
            page = body["next"]
            if page is None:
                break
    people = [(subject, version) for kind, subject, version in seen if kind == "registry.person"]
    assert people == sorted(people) == [(each["id"], 2 if each is made[0] else 1) for each in made]
    assert [kind for kind, _, _ in seen].count("registry.spell") == 1
