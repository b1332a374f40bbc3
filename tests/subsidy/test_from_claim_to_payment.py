"""The two Yunnan benefits from claim to bank, as agency, village, township, county, finance and bank do it."""

from typing import Any

import pytest

from tests.factories.subsidy import Desk, Neighbours
from tests.fixtures import tokens

pytestmark = pytest.mark.anyio


@pytest.mark.rule("S003-S1", "S003-S1a", "S003-S1b", "S003-S2", "S003-S2a")
async def test_three_claims_are_paid_and_the_books_say_so(desk: Desk, neighbours: Neighbours) -> None:
    fund = await desk.fund("1000.00")
    far = await desk.service_claim("outside_province")
    near = await desk.service_claim("outside_county")
    travel = await desk.travel_claim("480.00")
    assert [claim["amount"] for claim in (far, near, travel)] == ["300.00", "200.00", "480.00"]
    for claim in (far, near, travel):
        assert (claim["status"], claim["next_step"]) == ("submitted", "township_review")
        assert (await desk.approve(claim))["status"] == "approved"
    assert (await desk.balances(fund))["committed"] == "980.00"
    batch = await desk.sent(fund)
    assert (batch["count"], batch["sum"], batch["states"]) == (3, "980.00", {"in_transit": 3})
    assert (await desk.balances(fund))["in_transit"] == "980.00"
    taken = await desk.report(batch, await desk.result(batch))
    assert (taken["state"], taken["batch"]["status"], taken["batch"]["states"]) == ("accepted", "closed", {"paid": 3})
    assert await desk.balances(fund) == {
        "source": "-1000.00",
        "appropriation": "20.00",
        "committed": "0.00",
        "in_transit": "0.00",
        "paid": "980.00",
        "returned": "0.00",
    }
    paid = await desk.get(desk.agency, f"/claims/{far['id']}")
    acts = [act["act"] for act in paid["history"]]
    assert acts == ["draft", "submit", "review", "check", "approve", "batch", "send", "settle"]
    assert (paid["status"], paid["version"]) == ("paid", 8)
    trial = await desk.get(desk.finance, "/ledger/trial-balance")
    assert (trial["balanced"], trial["debit"], trial["credit"]) == (True, "3940.00", "3940.00")


@pytest.mark.rule("S003-S2a")
@pytest.mark.parametrize(("fare", "amount"), [("499.99", "499.99"), ("500.00", "500.00"), ("500.01", "500.00")])
async def test_the_fare_up_to_the_cap(desk: Desk, fare: str, amount: str) -> None:
    claim = await desk.travel_claim(fare)
    assert (claim["status"], claim["amount"]) == ("submitted", amount)


@pytest.mark.rule("S003-S1a")
async def test_less_than_three_months_is_refused_with_article_and_words(desk: Desk) -> None:
    claim = await desk.service_claim(performed_until="2018-05-30")
    assert (claim["status"], claim["amount"], claim["next_step"]) == ("refused", None, None)
    assert claim["refused_by"] == [
        {
            "condition": "performed_three_months",
            "article": "二(三)12",
            "quote": "履行劳动合同三个月以上的证明",
            "zh": "履行不满三个月",
            "en": "less than three months",
        }
    ]
    explained = await desk.get(desk.agency, f"/claims/{claim['id']}/explanation")
    assert explained["lines"][0] == "就业创业服务补贴(云人社发〔2017〕100号):不符合条件"
    assert explained["sources"]["placement"] == {"id": claim["placement_id"], "version": 1}
    text = await desk.call(
        desk.agency, "GET", f"/claims/{claim['id']}/explanation", 200, headers={"Accept": "text/plain"}
    )
    assert text.headers["content-type"] == "text/plain; charset=utf-8"
    assert text.text.splitlines() == explained["lines"]


async def test_a_refused_claim_can_be_submitted_again_when_the_facts_have_changed(
    desk: Desk, neighbours: Neighbours
) -> None:
    person_id = neighbours.person()
    placement_id = neighbours.placement(desk.org, person_id, performed_until="2018-05-30")
    draft = await desk.service_draft(placement_id)
    assert (await desk.post(desk.agency, f"/claims/{draft['id']}/submit"))["status"] == "refused"
    neighbours.placements[placement_id] |= {"performed_until": "2018-06-10", "version": 2}
    again = await desk.post(desk.agency, f"/claims/{draft['id']}/submit")
    assert (again["status"], again["amount"], again["refused_by"]) == ("submitted", "300.00", [])


async def test_missing_evidence_and_facts_are_named_and_nothing_is_decided(desk: Desk, neighbours: Neighbours) -> None:
    person_id = neighbours.person()
    placement_id = neighbours.placement(desk.org, person_id)
    neighbours.people[person_id]["spells"][0]["verified"] = False
    draft = await desk.service_draft(placement_id, proofs=["identity_proof"])
    problem = await desk.post(desk.agency, f"/claims/{draft['id']}/submit", expect=422)
    assert problem["type"].endswith("claim-incomplete")
    assert [each["pointer"] for each in problem["errors"]] == ["/facts/spell_verified", "/evidence/performance_proof"]
    assert (await desk.get(desk.agency, f"/claims/{draft['id']}"))["status"] == "draft"
    answer = await desk.get(desk.agency, f"/claims/{draft['id']}/explanation", 409)
    assert answer["type"].endswith("not-decided")


@pytest.mark.rule("S003-S2")
async def test_a_second_journey_of_the_year_is_refused_and_next_year_is_not(desk: Desk, neighbours: Neighbours) -> None:
    person_id = neighbours.person()
    neighbours.spell(person_id, started_on="2017-07-01")
    first, second = [await desk.travel_draft(person_id) for _ in range(2)]
    last_year = await desk.travel_draft(person_id, ticket_date="2017-07-02")
    assert (await desk.post(desk.village, f"/claims/{first['id']}/submit"))["status"] == "submitted"
    refused = await desk.post(desk.village, f"/claims/{second['id']}/submit")
    assert (refused["status"], refused["refused_by"][0]["article"]) == ("refused", "二(三)13")
    assert refused["refused_by"][0]["zh"] == "该人员 2018 年的交通补助已申报,每人每年只能享受一次"
    assert first["id"] not in str(refused)
    assert (await desk.post(desk.village, f"/claims/{last_year['id']}/submit"))["status"] == "submitted"
    await desk.post(desk.township, f"/claims/{first['id']}/reject", {"comment": "票据不清"})
    assert (await desk.post(desk.village, f"/claims/{second['id']}/submit"))["status"] == "submitted"


@pytest.mark.rule("S003-S1b")
async def test_one_organiser_for_a_placement(desk: Desk, neighbours: Neighbours) -> None:
    placement_id = neighbours.placement(desk.org, neighbours.person())
    drafts = [await desk.service_draft(placement_id) for _ in range(2)]
    states = [(await desk.post(desk.agency, f"/claims/{draft['id']}/submit"))["status"] for draft in drafts]
    assert states == ["submitted", "refused"]
    await desk.post(desk.agency, f"/claims/{drafts[0]['id']}/withdraw")
    assert (await desk.post(desk.agency, f"/claims/{drafts[1]['id']}/submit"))["status"] == "submitted"


async def test_a_returned_claim_goes_its_way_again(desk: Desk) -> None:
    await desk.fund()
    claim = await desk.travel_claim("300.00")
    await desk.post(desk.township, f"/claims/{claim['id']}/review")
    returned = await desk.post(desk.checker, f"/claims/{claim['id']}/return", {"comment": "票价与车票不符"})
    assert (returned["status"], returned["history"][-1]["comment"]) == ("returned", "票价与车票不符")
    content: dict[str, Any] = {
        "payee_id": claim["payee_id"],
        "ticket_date": claim["ticket_date"],
        "fare": "310.00",
        "evidence": [{"code": each["code"], "file_id": each["file_id"]} for each in claim["evidence"]],
    }
    path = f"/claims/{claim['id']}"
    for headers, status in (({}, 428), ({"If-Match": '"1"'}, 412), ({"If-Match": f'"{returned["version"]}"'}, 200)):
        await desk.call(desk.village, "PUT", path, status, json=content, headers=headers)
    again = await desk.post(desk.village, f"{path}/submit")
    assert (again["status"], again["amount"]) == ("submitted", "310.00")
    assert (await desk.approve(claim))["status"] == "approved"
    assert (await desk.post(tokens.officer(tokens.VILLAGE, "registrar"), f"{path}/withdraw", expect=409))[
        "status"
    ] == 409
