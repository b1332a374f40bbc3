"""Who sees what, and who may do what: other regions, other organisations, the same person twice."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from shared.auth import Duty
from shared.database import Scope, scoped
from tests.factories.subsidy import OTHER_VILLAGE, Desk, Neighbours
from tests.fixtures import tokens
from tests.fixtures.platform import ServiceUnderTest

pytestmark = pytest.mark.anyio


async def test_an_agency_of_another_organisation_sees_nothing_of_a_claim(desk: Desk, neighbours: Neighbours) -> None:
    claim = await desk.service_claim()
    other = Desk(desk.subsidy, neighbours)
    for path in ("", "/explanation", f"/evidence/{claim['evidence'][0]['file_id']}"):
        await desk.call(other.agency, "GET", f"/claims/{claim['id']}{path}", 404)
    await desk.call(other.agency, "GET", f"/payees/{claim['payee_id']}", 404)
    assert (await desk.get(other.agency, "/claims"))["items"] == []
    await desk.post(other.agency, f"/claims/{claim['id']}/submit", expect=404)
    await desk.post(other.agency, f"/claims/{claim['id']}/withdraw", expect=404)
    body = {"benefit": "service_subsidy", "placement_id": claim["placement_id"], "payee_id": await other.payee()}
    await desk.post(other.agency, "/claims", body, 404)


async def test_neighbours_see_nothing_and_those_above_do(desk: Desk) -> None:
    claim = await desk.travel_claim()
    path = f"/claims/{claim['id']}"
    for region in (tokens.NEIGHBOUR_COUNTY, tokens.NEIGHBOUR_VILLAGE, OTHER_VILLAGE, "31"):
        token = tokens.officer(region)
        await desk.call(token, "GET", path, 404)
        await desk.call(token, "GET", f"/payees/{claim['payee_id']}", 404)
        assert (await desk.get(token, "/claims"))["items"] == []
    for region in (tokens.VILLAGE, tokens.TOWNSHIP, tokens.COUNTY, tokens.CITY, tokens.PROVINCE):
        token = tokens.officer(region)
        assert [each["id"] for each in (await desk.get(token, "/claims"))["items"]] == [claim["id"]]
        await desk.call(token, "GET", path, 200)
    narrowed = await desk.get(tokens.officer(tokens.PROVINCE), "/claims", params={"region": tokens.NEIGHBOUR_COUNTY})
    assert narrowed["items"] == []
    for token in (tokens.officer("532503", "reviewer"), tokens.officer("532504101", "reviewer")):
        await desk.call(token, "POST", f"{path}/return", 404, json={"comment": "不在本地"})


async def test_row_security_is_the_net_under_the_queries(desk: Desk) -> None:
    await desk.travel_claim()
    database = desk.subsidy.runtime.database
    counts = {}
    for region in (tokens.COUNTY, tokens.NEIGHBOUR_COUNTY, None):
        with scoped(Scope(region=region)):
            async with database.session() as session:
                for table in ("claim", "claim_act", "claim_decision", "claim_evidence", "payee", "stored_file"):
                    counts[region, table] = await session.scalar(text(f"SELECT count(*) FROM {table}"))
    assert all((count > 0) == (region == tokens.COUNTY) for (region, _), count in counts.items())


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("ledger_posting", "UPDATE ledger_posting SET amount_fen = 1"),
        ("ledger_entry", "DELETE FROM ledger_entry"),
        ("claim_decision", "UPDATE claim_decision SET outcome = 'entitled'"),
        ("claim_act", "DELETE FROM claim_act"),
    ],
)
async def test_what_is_written_once_cannot_be_changed(subsidy: ServiceUnderTest, table: str, change: str) -> None:
    for session_of in (subsidy.runtime.database.session, subsidy.runtime.database.system_session):
        with pytest.raises(ProgrammingError, match=f"permission denied for table {table}"):
            async with session_of() as session:
                await session.execute(text(change))


async def test_who_examined_does_not_approve(desk: Desk) -> None:
    await desk.fund()
    both = tokens.officer(tokens.COUNTY, "reviewer", "approver")
    claim = await desk.travel_claim()
    await desk.post(desk.township, f"/claims/{claim['id']}/review")
    await desk.post(both, f"/claims/{claim['id']}/check")
    problem = await desk.post(both, f"/claims/{claim['id']}/approve", expect=403)
    assert problem["type"].endswith("four-eyes")
    assert (await desk.post(desk.approver, f"/claims/{claim['id']}/approve"))["status"] == "approved"


async def test_who_examined_an_earlier_round_does_not_approve_a_later_one(desk: Desk) -> None:
    await desk.fund()
    both = tokens.officer(tokens.COUNTY, "reviewer", "approver")
    claim = await desk.travel_claim()
    await desk.post(desk.township, f"/claims/{claim['id']}/review")
    await desk.post(both, f"/claims/{claim['id']}/return", {"comment": "请补充说明"})
    await desk.post(desk.village, f"/claims/{claim['id']}/submit")
    await desk.examine(claim)
    problem = await desk.post(both, f"/claims/{claim['id']}/approve", expect=403)
    assert problem["type"].endswith("four-eyes")


@pytest.mark.parametrize("hand", ["made_by", "submitted_by", "reviewed_by", "checked_by"])
async def test_the_table_refuses_the_same_person_as_well(desk: Desk, hand: str) -> None:
    await desk.fund()
    claim = await desk.approve(await desk.travel_claim())
    with pytest.raises(IntegrityError, match="ck_claim_four_eyes"):
        async with desk.subsidy.runtime.database.system_session() as session:
            await session.execute(text(f"UPDATE claim SET {hand} = approved_by WHERE id = '{claim['id']}'"))


async def test_each_step_is_one_levels_and_one_departments(desk: Desk) -> None:
    await desk.fund()
    claim = await desk.travel_claim()
    path = f"/claims/{claim['id']}"
    everything = [duty.value for duty in Duty]
    county, village = tokens.officer(tokens.COUNTY, *everything), tokens.officer(tokens.VILLAGE, *everything)
    farming = tokens.officer(tokens.TOWNSHIP, "reviewer", department="agriculture")
    for token in (county, village, farming, desk.agency, tokens.service("jobs")):
        await desk.post(token, f"{path}/review", expect=403)
    skipped = await desk.post(desk.checker, f"{path}/check", expect=409)
    assert skipped["type"].endswith("wrong-state")
    await desk.post(desk.approver, f"{path}/approve", expect=409)
    await desk.post(desk.approver, f"{path}/reject", {"comment": "不是我的环节"}, 403)
    await desk.post(desk.township, f"{path}/review")
    for token in (desk.township, tokens.officer(tokens.CITY, "reviewer"), desk.finance):
        await desk.post(token, f"{path}/check", expect=403)


async def test_a_person_is_claimed_for_by_the_village_and_a_placement_by_its_agency(
    desk: Desk, neighbours: Neighbours
) -> None:
    person_id = neighbours.person(tokens.NEIGHBOUR_VILLAGE)
    neighbours.spell(person_id)
    payee = {
        "person_id": str(person_id),
        "kind": "own",
        "holder": "示例户名",
        "account": "6200000000",
        "bank": "示例银行",
    }
    await desk.post(desk.village, "/payees", payee, 404)
    travel = {"benefit": "travel_subsidy", "person_id": str(person_id), "payee_id": str(person_id)}
    await desk.post(desk.village, "/claims", travel, 404)
    problem = await desk.post(desk.agency, "/claims", travel, 422)
    assert problem["type"].endswith("wrong-claimant")
    placement = {"placement_id": str(neighbours.placement(desk.org, neighbours.person())), "payee_id": str(person_id)}
    problem = await desk.post(desk.village, "/claims", placement | {"benefit": "service_subsidy"}, 422)
    assert problem["type"].endswith("wrong-claimant")
    problem = await desk.post(desk.agency, "/claims", placement | {"benefit": "no_such"}, 422)
    assert problem["type"].endswith("unknown-benefit")
    problem = await desk.post(desk.agency, "/claims", placement | {"benefit": "service_subsidy"}, 422)
    assert problem["type"].endswith("payee-unfit")


async def test_a_payee_goes_out_masked_and_an_account_of_several_is_flagged(desk: Desk, neighbours: Neighbours) -> None:
    one, two = neighbours.person(), neighbours.person()
    same = {"account": "6200001234567890", "holder": "阿依·示例"}
    first = await desk.payee(one, **same)
    assert await desk.get(desk.village, f"/payees/{first}") == {
        "id": first,
        "region": tokens.VILLAGE,
        "person_id": str(one),
        "organisation_id": None,
        "kind": "own",
        "holder": "阿****",
        "account": "****7890",
        "bank": "示例银行",
        "shared": False,
    }
    await desk.payee(two, kind="guardian", **same)
    listed = (await desk.get(desk.village, "/payees"))["items"]
    assert [(each["kind"], each["shared"]) for each in listed] == [("own", True), ("guardian", True)]
    async with desk.subsidy.runtime.database.system_session() as session:
        stored = str((await session.execute(text("SELECT * FROM payee"))).all())
    assert same["account"] not in stored
    assert same["holder"] not in stored


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"%PDF-1.4 x", 201),
        (b"\x89PNG\r\n\x1a\nx", 201),
        (b"\xff\xd8\xffx", 201),
        (b"MZ\x90", 415),
        (b"", 415),
        (b"%PDF-" + b"0" * 5 * 1024 * 1024, 413),
    ],
    ids=["pdf", "png", "jpg", "program", "empty", "large"],
)
async def test_evidence_is_known_by_its_content(desk: Desk, content: bytes, status: int) -> None:
    await desk.call(desk.village, "POST", "/evidence", status, files={"file": ("ticket.pdf", content)})


async def test_evidence_can_be_read_by_who_examines_the_claim(desk: Desk) -> None:
    claim = await desk.service_claim()
    file_id = claim["evidence"][0]["file_id"]
    answer = await desk.call(desk.checker, "GET", f"/claims/{claim['id']}/evidence/{file_id}", 200)
    assert answer.content.startswith(b"%PDF-")
    assert answer.headers["content-disposition"] == f'attachment; filename="{file_id}.pdf"'
    travel = await desk.travel_claim()
    await desk.call(desk.checker, "GET", f"/claims/{travel['id']}/evidence/{file_id}", 404)


async def test_a_file_that_is_no_proof_of_the_benefit_is_refused(desk: Desk, neighbours: Neighbours) -> None:
    person_id = neighbours.person()
    neighbours.spell(person_id)
    file_id = await desk.file(desk.village)
    body = {"benefit": "travel_subsidy", "person_id": str(person_id), "payee_id": await desk.payee(person_id)}
    for code, its_file in (("wage_proof", file_id), ("ticket", body["payee_id"])):
        given = body | {"evidence": [{"code": code, "file_id": its_file}]}
        problem = await desk.post(desk.village, "/claims", given, 422)
        assert (problem["type"].rsplit("/")[-1], problem["errors"][0]["pointer"]) == ("evidence-unfit", "/evidence/0")
    future = await desk.post(desk.village, "/claims", body | {"ticket_date": "2018-06-29"}, 422)
    assert future["errors"][0]["pointer"] == "/ticket_date"


async def test_lists_come_in_pages_and_refuse_unknown_filters(desk: Desk) -> None:
    made = [(await desk.travel_claim())["id"] for _ in range(3)]
    answer = await desk.call(desk.village, "GET", "/claims", 200, params={"limit": 2, "status": "submitted"})
    assert [each["id"] for each in answer.json()["items"]] == made[:2]
    following = answer.headers["Link"].split(">")[0].removeprefix("</subsidy/v1")
    assert [each["id"] for each in (await desk.get(desk.village, following))["items"]] == made[2:]
    await desk.call(desk.village, "GET", "/claims", 422, params={"name": "某"})
    await desk.call(desk.village, "GET", "/claims", 422, params={"cursor": "bm90IG91cnM"})


async def test_a_repeated_draft_is_made_once(desk: Desk, neighbours: Neighbours) -> None:
    person_id = neighbours.person()
    neighbours.spell(person_id)
    body = {"benefit": "travel_subsidy", "person_id": str(person_id), "payee_id": await desk.payee(person_id)}
    key = {"Idempotency-Key": "draft-of-this-test"}
    made = [await desk.post(desk.village, "/claims", body, 201, headers=key) for _ in range(2)]
    assert made[0] == made[1]
    await desk.post(desk.village, "/claims", body | {"fare": "1.00"}, 422, headers=key)
    assert len((await desk.get(desk.village, "/claims"))["items"]) == 1


async def test_an_organisations_claim_is_its_own_to_submit_and_withdraw(desk: Desk, neighbours: Neighbours) -> None:
    draft = await desk.service_draft(neighbours.placement(desk.org, neighbours.person()))
    for act in ("submit", "withdraw"):
        problem = await desk.post(desk.village, f"/claims/{draft['id']}/{act}", expect=403)
        assert problem["type"].endswith("not-the-claimant")
    assert (await desk.get(desk.agency, f"/claims/{draft['id']}"))["status"] == "draft"


async def test_the_document_of_the_api_holds_no_dangling_reference(desk: Desk) -> None:
    async with desk.subsidy.client() as client:
        document = (await client.get("/subsidy/openapi.json")).json()
    result = document["paths"]["/subsidy/v1/payment-batches/{batch_id}/results"]["post"]["requestBody"]
    assert "$ref" not in str(result)
    assert result["content"]["application/json"]["schema"]["properties"]["lines"]["items"]["type"] == "object"
