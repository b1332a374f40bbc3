"""Reading and changing people: who sees whom, how much of them, and who verifies."""

from functools import cache
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import event, text

from services.registry.persons.schemas import PersonOut, PersonPage
from tests.factories import registry as make
from tests.factories.registry_steps import HOME, NEIGHBOUR, events, register
from tests.fixtures import tokens
from tests.fixtures.platform import ServiceUnderTest

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("divisions")]


async def listed(registry: ServiceUnderTest, token: str, **params: Any) -> list[str]:
    async with registry.client(token) as client:
        answer = await client.get("/registry/v1/persons", params=params)
    assert answer.status_code == 200, answer.text
    return [each["id"] for each in answer.json()["items"]]


async def test_each_level_sees_its_own_region_and_nobody_a_look_alike(registry: ServiceUnderTest) -> None:
    home = (await register(registry))["id"]
    next_village = (await register(registry, region=NEIGHBOUR))["id"]
    next_township = (await register(registry, region="532504101201"))["id"]
    elsewhere = (await register(registry, region="532503001001"))["id"]
    everybody = [elsewhere, home, next_village, next_township]
    for region, expected in (
        (HOME, [home]),
        (NEIGHBOUR, [next_village]),
        ("532504100", [home, next_village]),
        ("532504", [home, next_village, next_township]),
        ("5325", everybody),
        ("53", everybody),
        ("532503", [elsewhere]),
        ("530302", []),
        ("5303", []),
        ("532504100203", []),
    ):
        token = tokens.officer(region)
        assert await listed(registry, token) == expected, region
        async with registry.client(token) as client:
            for person_id in everybody:
                path = f"/registry/v1/persons/{person_id}"
                status = 200 if person_id in expected else 404
                assert (await client.get(path)).status_code == status
                assert (await client.get(f"{path}/identity", params={"purpose": "核对"})).status_code == status
                assert (await client.get(f"{path}/spells")).status_code == status
                if status == 404:
                    change = await client.patch(path, json={"kinship": "20"}, headers={"If-Match": '"1"'})
                    assert change.status_code == 404
                    assert (await client.post(f"{path}/verify")).status_code == 404
    async with registry.client(tokens.officer("532504")) as client:
        assert (await client.get("/registry/v1/persons", params={"region": "532503"})).status_code == 404
        assert (await client.get("/registry/v1/persons", params={"region": "5325"})).status_code == 404
    for token in (tokens.service(), tokens.organisation(uuid4())):
        async with registry.client(token) as client:
            assert (await client.get("/registry/v1/persons")).status_code == 403


async def test_row_security_holds_where_a_query_forgets_its_range(registry: ServiceUnderTest) -> None:
    from shared.database import Scope, scoped

    await register(registry)
    await register(registry, region=NEIGHBOUR)
    for scope, count in ((Scope(HOME), 1), (Scope("532504"), 2), (Scope("532503"), 0), (Scope(), 0)):
        with scoped(scope):
            async with registry.runtime.database.session() as session:
                for table in ("person", "household"):
                    assert (await session.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one() == count


async def test_filters_pages_and_unknown_filters(registry: ServiceUnderTest) -> None:
    made = [await register(registry) for _ in range(3)]
    poor = await register(registry, household={"number": "P1", "category": "脱贫户"}, labor_capacity="丧失劳动力")
    token = tokens.officer()
    assert await listed(registry, token, base="poverty_alleviated") == [poor["id"]]
    assert await listed(registry, token, status="unable") == [poor["id"]]
    assert await listed(registry, token, household=made[1]["household_id"]) == [made[1]["id"]]
    assert await listed(registry, token, region=HOME, status="unemployed") == [each["id"] for each in made]
    async with registry.client(token) as client:
        seen, link = [], "/registry/v1/persons?limit=3"
        while link:
            answer = await client.get(link)
            seen += [each["id"] for each in answer.json()["items"]]
            link = answer.headers.get("Link", "").split(">")[0].lstrip("<")
        assert seen == [each["id"] for each in [*made, poor]]
        for wrong in ({"name": "张三"}, {"status": "busy"}, {"cursor": "abc"}, {"region": "5325041"}):
            assert (await client.get("/registry/v1/persons", params=wrong)).status_code == 422, wrong


async def test_a_village_list_asks_the_database_the_same_number_of_times_for_any_length(
    registry: ServiceUnderTest,
) -> None:
    sent: list[str] = []
    engine = registry.runtime.database._app.sync_engine
    note = cache(lambda connection: connection.add_query_logger(lambda one: sent.append(one.query)))
    event.listen(engine, "checkout", lambda _, record, __: note(record.driver_connection))
    counts = []
    for _ in range(2):
        for _ in range(5):
            await register(registry)
        sent.clear()
        await listed(registry, tokens.officer())
        counts.append(len([query for query in sent if query.startswith("SELECT")]))
    assert counts == [1, 1], sent


async def test_what_is_written_without_the_model_is_what_the_model_would_show(registry: ServiceUnderTest) -> None:
    plain = await register(registry)
    full = await register(registry, wish_wage="3500.50", skills=["焊工"], status="unwilling", status_reason="照料老人")
    async with registry.client(tokens.officer()) as client:
        one = [(await client.get(f"/registry/v1/persons/{made['id']}")).json() for made in (plain, full)]
        listed = (await client.get("/registry/v1/persons")).json()
    assert listed["items"] == one
    assert [PersonOut.model_validate(each).model_dump(mode="json") for each in one] == one
    assert PersonPage.model_validate(listed).model_dump(mode="json") == listed


async def test_whole_numbers_need_a_scope_and_a_purpose_and_are_audited(registry: ServiceUnderTest) -> None:
    number = make.id_number()
    made = await register(registry, id_number=number)
    path = f"/registry/v1/persons/{made['id']}/identity"
    async with registry.client(tokens.officer(scope="registry:read")) as client:
        assert (await client.get(path, params={"purpose": "核对"})).status_code == 403
    async with registry.client(tokens.officer(sub="officer-7")) as client:
        assert (await client.get(path)).status_code == 422
        whole = await client.get(path, params={"purpose": "补贴核对"})
    assert (whole.json()["id_number"], whole.json()["phone"]) == (number, "13800001111")
    async with registry.runtime.database.system_session() as session:
        entries = (
            await session.execute(
                text("SELECT actor, purpose, subject FROM audit_entry WHERE action = 'registry:person:see_identity'")
            )
        ).all()
        log = (await session.execute(text("SELECT string_agg(audit_entry::text, '') FROM audit_entry"))).scalar_one()
    assert [tuple(each) for each in entries] == [("officer-7", "补贴核对", made["id"])]
    assert number not in log


async def test_an_update_names_the_version_it_was_made_from(registry: ServiceUnderTest) -> None:
    made = await register(registry)
    path = f"/registry/v1/persons/{made['id']}"
    async with registry.client(tokens.officer()) as client:
        assert (await client.patch(path, json={"health": "健康"})).status_code == 428
        tag = (await client.get(path)).headers["ETag"]
        first = await client.patch(
            path, json={"health": "患有大病", "phone": "0873-6123456(子)", "name": "李四"}, headers={"If-Match": tag}
        )
        assert first.status_code == 200, first.text
        body = first.json()
        assert (body["health"], body["mobility"], body["version"]) == ("M1", "unable", 2)
        assert (body["name"], body["phone"], body["phone_whose"]) == ("李四", "087******56", "子")
        assert (await client.patch(path, json={"health": "1"}, headers={"If-Match": tag})).status_code == 412
        stay = await client.patch(path, json={"mobility": "near"}, headers={"If-Match": first.headers["ETag"]})
        again = await client.patch(path, json={"health": "1"}, headers={"If-Match": stay.headers["ETag"]})
        assert again.json()["mobility"] == "near", "what an officer has set is not derived again"
        wrong = await client.patch(path, json={"status": "employed"}, headers={"If-Match": again.headers["ETag"]})
        assert wrong.status_code == 422
    assert [each["data"]["version"] for each in await events(registry, "registry.person")] == [1, 2, 3, 4]


@pytest.mark.rule("S003-W2")
async def test_somebody_other_than_the_surveyor_verifies(registry: ServiceUnderTest) -> None:
    made = await register(registry, token=tokens.officer(sub="surveyor"))
    path = f"/registry/v1/persons/{made['id']}/verify"
    async with registry.client(tokens.officer(sub="surveyor")) as client:
        refused = await client.post(path)
        assert (refused.status_code, refused.json()["type"].rsplit("/", 1)[1]) == (403, "second-person-needed")
    async with registry.client(tokens.officer("532504100", sub="township")) as client:
        verified = await client.post(path)
        assert (verified.json()["verified"], verified.json()["verified_by"]) == (True, "township")
        assert (await client.post(path)).json()["type"].endswith("already-verified")
    assert (await events(registry, "registry.person"))[-1]["data"]["after"]["verified"] is True


@pytest.mark.rule("S003-W3")
@pytest.mark.parametrize(
    ("place", "verifier", "refused"),
    [
        ("532503", "532503", "532504"),
        ("532503001", "532503001", "532503001001"),
        ("310117", HOME, "310117"),
        ("5303", HOME, "5303"),
    ],
)
async def test_the_work_place_verifies_who_is_employed_at_first(
    registry: ServiceUnderTest, place: str, verifier: str, refused: str
) -> None:
    job = {"kind": "unit", "employer_name": "示例厂", "work_region": place, "started_on": "2018-03-01"}
    made = await register(registry, employment=job)
    assert made["verifying_region"] == verifier
    path = f"/registry/v1/persons/{made['id']}/verify"
    async with registry.client(tokens.officer(refused)) as client:
        answer = await client.post(path)
        assert answer.status_code == (409 if refused == "532504" else 404), answer.text
    async with registry.client(tokens.officer(verifier)) as client:
        answer = await client.post(path)
    assert (answer.status_code, answer.json()["verified"]) == (200, True), answer.text
    async with registry.client(tokens.officer()) as client:
        (spell,) = (await client.get(f"/registry/v1/persons/{made['id']}/spells")).json()["items"]
    assert spell["verified"] is True


async def test_the_work_place_sees_an_employment_record_and_no_more(registry: ServiceUnderTest) -> None:
    number = make.id_number()
    job = {"kind": "unit", "employer_name": "蒙自示例厂", "work_region": "532503", "started_on": "2018-03-01"}
    guest = await register(registry, employment=job, id_number=number)
    local = await register(registry, region="532503001001", employment=job)
    async with registry.client(tokens.officer("532503")) as client:
        (worker,) = (await client.get("/registry/v1/workers")).json()["items"]
        assert worker | {"spell_id": ""} == {
            "person_id": guest["id"], "name": "张三", "id_number": f"532{'*' * 13}{number[-2:]}",
            "work_region": "532503", "spell_id": "", "kind": "unit", "employer_name": "蒙自示例厂",
            "occupation": None, "started_on": "2018-03-01", "contract_signed": False, "insured": False,
            "to_verify": True,
        }  # fmt: skip
        assert [each["id"] for each in (await client.get("/registry/v1/persons")).json()["items"]] == [local["id"]]
        for path in ("", "/identity?purpose=核对", "/spells"):
            assert (await client.get(f"/registry/v1/persons/{guest['id']}{path}")).status_code == 404
        change = await client.patch(
            f"/registry/v1/persons/{guest['id']}", json={"kinship": "20"}, headers={"If-Match": '"1"'}
        )
        assert change.status_code == 404
    for region in ("532504", "530302", "5325"):
        async with registry.client(tokens.officer(region)) as client:
            assert (await client.get("/registry/v1/workers")).json()["items"] == []


async def test_names_for_officers_are_masked_and_of_those_they_see(registry: ServiceUnderTest) -> None:
    number = make.id_number()
    mine = await register(registry, id_number=number)
    other = await register(registry, region=NEIGHBOUR)
    body = {"ids": [mine["id"], other["id"], str(uuid4())]}
    async with registry.client(tokens.officer()) as client:
        answer = await client.post("/registry/internal/persons/batch", json=body)
    assert answer.json() == [
        {
            "id": mine["id"], "name": "张三", "id_number": f"532{'*' * 13}{number[-2:]}", "phone": "138******11",
            "region": HOME,
        }
    ]  # fmt: skip


async def test_whole_names_for_a_payment_only_and_audited(registry: ServiceUnderTest) -> None:
    number = make.id_number()
    made = await register(registry, id_number=number)
    path, acting = "/registry/internal/persons/batch", {"X-Acting-For": "finance-officer"}
    body = {"ids": [made["id"]], "purpose": "payment"}
    async with registry.client(tokens.service("subsidy")) as client:
        assert (await client.post(path, json=body)).status_code == 428
        assert (await client.post(path, json={"ids": [made["id"]]}, headers=acting)).status_code == 422
        whole = await client.post(path, json=body, headers=acting)
    assert whole.json() == [{"id": made["id"], "name": "张三", "id_number": number, "phone": None, "region": HOME}]
    async with registry.client(tokens.service("jobs", scope="registry:read")) as client:
        assert (await client.post(path, json=body, headers=acting)).status_code == 403
    async with registry.runtime.database.system_session() as session:
        row = (
            await session.execute(
                text("SELECT subject, details FROM audit_entry WHERE action = 'registry:person:name_for_payment'")
            )
        ).one()
    assert (row.subject, row.details) == ("finance-officer", {"persons": [made["id"]]})
