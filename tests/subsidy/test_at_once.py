"""Many at the same moment: limits, approvals, batches and results hold in whatever order they come."""

import asyncio
from collections import Counter
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from services.subsidy.claims.models import LimitKey
from tests.factories.subsidy import Desk, Neighbours

pytestmark = pytest.mark.anyio
MANY = 16


async def test_of_many_journeys_of_one_year_one_is_submitted(desk: Desk, neighbours: Neighbours) -> None:
    person_id = neighbours.person()
    neighbours.spell(person_id, started_on=date(2018, 3, 1))
    payee, proof = await desk.payee(person_id), await desk.file(desk.village)
    evidence = [{"code": "ticket", "file_id": proof}]
    drafts = [await desk.travel_draft(person_id, payee_id=payee, evidence=evidence) for _ in range(MANY)]
    answers = await asyncio.gather(*(desk.post(desk.village, f"/claims/{draft['id']}/submit") for draft in drafts))
    assert Counter(answer["status"] for answer in answers) == {"submitted": 1, "refused": MANY - 1}
    async with desk.subsidy.runtime.database.system_session() as session:
        assert await session.scalar(select(func.count()).select_from(LimitKey)) == 1


async def test_one_claim_submitted_many_times_at_once_is_submitted_once(desk: Desk, neighbours: Neighbours) -> None:
    person_id = neighbours.person()
    neighbours.spell(person_id)
    draft = await desk.travel_draft(person_id)
    path = f"/claims/{draft['id']}/submit"
    answers = await asyncio.gather(*(desk.call(desk.village, "POST", path) for _ in range(MANY)))
    statuses = Counter(answer.status_code for answer in answers)
    assert statuses[200] == 1
    assert set(statuses) <= {200, 409, 412}


async def test_a_fund_is_not_committed_beyond_what_it_holds(desk: Desk) -> None:
    fund = await desk.fund("500.00")
    claims = [await desk.travel_claim("200.00") for _ in range(4)]
    for claim in claims:
        await desk.examine(claim)
    answers = await asyncio.gather(
        *(desk.call(desk.approver, "POST", f"/claims/{c['id']}/approve", json={}) for c in claims)
    )
    assert sorted(answer.status_code for answer in answers) == [200, 200, 409, 409]
    balances = await desk.balances(fund)
    assert (balances["appropriation"], balances["committed"]) == ("100.00", "400.00")


async def test_a_claim_gets_into_one_batch_and_a_batch_is_approved_once(desk: Desk) -> None:
    fund = await desk.fund()
    await asyncio.gather(*[desk.approve(await desk.travel_claim("100.00")) for _ in range(3)])
    drafting = (desk.call(desk.finance, "POST", "/payment-batches", json={"fund_id": fund}) for _ in range(4))
    drafted = [answer for answer in await asyncio.gather(*drafting) if answer.status_code == 201]
    assert [answer.json()["count"] for answer in drafted] == [3]
    path = f"/payment-batches/{drafted[0].json()['id']}/approve"
    answers = await asyncio.gather(*(desk.call(desk.payer, "POST", path) for _ in range(8)))
    statuses = Counter(answer.status_code for answer in answers)
    assert statuses[200] == 1
    assert set(statuses) <= {200, 409, 412}
    balances = await desk.balances(fund)
    assert (balances["in_transit"], balances["committed"]) == ("300.00", "0.00")


async def test_results_that_come_at_once_pay_once(desk: Desk) -> None:
    fund = await desk.fund()
    claims = [await desk.approve(await desk.travel_claim("100.00")) for _ in range(2)]
    batch = await desk.sent(fund)
    paid, failed = await desk.result(batch), await desk.result(batch, claims[0]["id"])
    path = f"/payment-batches/{batch['id']}/results"

    async def report(result: dict[str, Any]) -> int:
        return (await desk.call(desk.bank, "POST", path, json=result)).status_code

    statuses = await asyncio.gather(*(report(result) for result in [paid, failed] * 4))
    assert Counter(statuses) == {200: 4, 409: 4}
    states = (await desk.get(desk.finance, f"/payment-batches/{batch['id']}"))["states"]
    assert states in ({"paid": 2}, {"paid": 1, "rejected": 1})
