"""Funds, batches and what the bank makes of them: nobody is paid twice, nothing is lost, the books balance."""

import csv
import io
from uuid import uuid4

import pytest
from psycopg.errors import CheckViolation
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from services.subsidy.funds.verify import verify
from tests.factories.subsidy import Desk, Neighbours
from tests.fixtures import tokens
from tests.fixtures.postgres import ServiceDatabases

pytestmark = pytest.mark.anyio


async def test_a_fund_too_small_approves_nothing(desk: Desk) -> None:
    fund = await desk.fund("299.99")
    claim = await desk.service_claim()
    await desk.examine(claim)
    problem = await desk.post(desk.approver, f"/claims/{claim['id']}/approve", expect=409)
    assert (problem["type"].rsplit("/")[-1], problem["needed"], problem["held"]) == ("fund-short", "300.00", "299.99")
    assert (await desk.get(desk.approver, f"/claims/{claim['id']}"))["status"] == "checked"
    await desk.post(desk.finance, f"/funds/{fund}/appropriations", {"amount": "0.01", "document": "示例追加指标"}, 201)
    assert (await desk.post(desk.approver, f"/claims/{claim['id']}/approve"))["status"] == "approved"
    assert (await desk.balances(fund))["appropriation"] == "0.00"


async def test_the_fund_is_named_when_several_could_pay(desk: Desk) -> None:
    claim = await desk.travel_claim()
    await desk.examine(claim)
    path = f"/claims/{claim['id']}/approve"
    assert (await desk.post(desk.approver, path, expect=409))["type"].endswith("fund-unclear")
    first, second = await desk.fund(), await desk.fund()
    assert (await desk.post(desk.approver, path, expect=409))["type"].endswith("fund-unclear")
    await desk.post(desk.approver, path, {"fund_id": str(uuid4())}, 404)
    await desk.post(desk.approver, path, {"fund_id": second})
    assert [(await desk.balances(fund))["committed"] for fund in (first, second)] == ["0.00", "480.00"]


async def test_money_that_came_in_twice_under_one_key_came_in_once(desk: Desk) -> None:
    fund = await desk.fund(None)
    body, key = {"amount": "100.00", "document": "示例指标文件"}, {"Idempotency-Key": "appropriation-1"}
    for _ in range(2):
        await desk.post(desk.finance, f"/funds/{fund}/appropriations", body, 201, headers=key)
    assert (await desk.balances(fund))["appropriation"] == "100.00"
    async with desk.subsidy.client(desk.finance) as client:
        assert (await client.post(f"/subsidy/v1/funds/{fund}/appropriations", json=body)).status_code == 428
    await desk.post(
        tokens.officer("532503", "finance", department="finance"), f"/funds/{fund}/appropriations", body, 404
    )
    await desk.post(desk.approver, f"/funds/{fund}/appropriations", body, 403)


async def test_a_rejected_approval_gives_its_money_back(desk: Desk) -> None:
    fund = await desk.fund("500.00")
    claim = await desk.approve(await desk.travel_claim("500.00"))
    rejected = await desk.post(desk.approver, f"/claims/{claim['id']}/reject", {"comment": "发现重复申报"})
    assert (rejected["status"], (await desk.balances(fund))["appropriation"]) == ("rejected", "500.00")
    entries = (await desk.get(desk.finance, f"/funds/{fund}/entries", params={"claim_id": claim["id"]}))["items"]
    moved = [(each["kind"], each["taken_from"], each["given_to"], each["amount"]) for each in entries]
    assert moved == [
        ("commitment", "appropriation", "committed", "500.00"),
        ("release", "committed", "appropriation", "500.00"),
    ]


async def test_a_fact_that_changed_before_approval_stops_the_claim(desk: Desk, neighbours: Neighbours) -> None:
    fund = await desk.fund()
    died, nearer, moved = [await desk.travel_claim() for _ in range(2)] + [await desk.travel_claim()]
    service = await desk.service_claim()
    for claim in (died, nearer, moved, service):
        await desk.examine(claim)
    people = {str(key): value for key, value in neighbours.people.items()}
    people[died["person_id"]] |= {"alive": False, "version": 2}
    people[nearer["person_id"]]["spells"][0]["transfer"] = "outside_county"
    people[moved["person_id"]] |= {"region": "532503100201", "county_code": "532503"}
    people[service["person_id"]]["spells"][0]["transfer"] = "outside_county"
    stopped = {
        c["id"]: await desk.post(desk.approver, f"/claims/{c['id']}/approve") for c in (died, nearer, moved, service)
    }
    assert [stopped[c["id"]]["status"] for c in (died, nearer, moved, service)] == [
        "refused",
        "refused",
        "returned",
        "returned",
    ]
    assert [each["condition"] for each in stopped[died["id"]]["refused_by"]] == ["worker_alive"]
    assert [each["condition"] for each in stopped[nearer["id"]]["refused_by"]] == ["outside_province"]
    assert stopped[service["id"]]["history"][-1]["comment"] == "应发金额由 300.00 变为 200.00 元,请重新提交"
    assert (await desk.balances(fund))["committed"] == "0.00"


async def test_facts_are_asked_again_when_a_batch_is_approved(desk: Desk, neighbours: Neighbours) -> None:
    fund = await desk.fund()
    died, gone, alive = [await desk.approve(await desk.travel_claim("100.00")) for _ in range(3)]
    batch = await desk.batch(fund)
    people = {str(key): value for key, value in neighbours.people.items()}
    people[died["person_id"]] |= {"alive": False, "version": 2}
    del neighbours.people[people[gone["person_id"]]["person_id"]]
    sent = await desk.post(desk.payer, f"/payment-batches/{batch['id']}/approve")
    assert (sent["count"], sent["sum"], sent["states"]) == (1, "100.00", {"stopped": 2, "in_transit": 1})
    states = [(await desk.get(desk.village, f"/claims/{c['id']}"))["status"] for c in (died, gone, alive)]
    assert states == ["refused", "returned", "in_batch"]
    balances = await desk.balances(fund)
    assert (balances["appropriation"], balances["committed"], balances["in_transit"]) == ("9900.00", "0.00", "100.00")
    explained = await desk.get(desk.village, f"/claims/{died['id']}/explanation")
    assert explained["occasion"] == "payment"


async def test_a_batch_is_approved_by_another_person_of_the_finance_department(desk: Desk) -> None:
    fund = await desk.fund()
    await desk.approve(await desk.travel_claim())
    both = tokens.officer(tokens.COUNTY, "finance", "approver", department="finance")
    batch = await desk.post(both, "/payment-batches", {"fund_id": fund}, 201)
    path = f"/payment-batches/{batch['id']}"
    assert (await desk.post(both, f"{path}/approve", expect=403))["type"].endswith("four-eyes")
    for token in (
        desk.approver,
        desk.finance,
        desk.bank,
        tokens.officer(tokens.CITY, "approver", department="finance"),
    ):
        await desk.post(token, f"{path}/approve", expect=403)
    await desk.post(tokens.officer("532503", "approver", department="finance"), f"{path}/approve", expect=404)
    await desk.call(desk.finance, "GET", f"{path}/file", 409)
    await desk.post(desk.payer, f"{path}/approve")
    assert (await desk.post(desk.payer, f"{path}/approve", expect=409))["type"].endswith("wrong-state")
    with pytest.raises(IntegrityError, match="ck_payment_batch_four_eyes"):
        async with desk.subsidy.runtime.database.system_session() as session:
            await session.execute(text("UPDATE payment_batch SET approved_by = drafted_by"))


async def test_a_draft_batch_can_be_undone_and_an_empty_one_is_not_made(desk: Desk) -> None:
    fund = await desk.fund()
    await desk.post(desk.finance, "/payment-batches", {"fund_id": fund}, 409)
    claim = await desk.approve(await desk.travel_claim())
    batch = await desk.batch(fund)
    await desk.post(desk.finance, "/payment-batches", {"fund_id": fund}, 409)
    await desk.post(desk.approver, f"/claims/{claim['id']}/reject", {"comment": "已在批次中"}, 409)
    undone = await desk.post(desk.finance, f"/payment-batches/{batch['id']}/cancel")
    assert (undone["status"], undone["count"], undone["states"]) == ("cancelled", 0, {"stopped": 1})
    again = await desk.sent(fund)
    assert again["count"] == 1
    await desk.post(desk.finance, f"/payment-batches/{again['id']}/cancel", expect=409)


async def test_the_banks_file_alone_holds_names_and_accounts_and_is_audited(desk: Desk, neighbours: Neighbours) -> None:
    fund = await desk.fund()
    person_id = neighbours.person()
    neighbours.spell(person_id)
    payee = await desk.payee(person_id, account="6200009876543210", holder="写错的名字")
    draft = await desk.travel_draft(person_id, payee_id=payee)
    await desk.approve(await desk.post(desk.village, f"/claims/{draft['id']}/submit"))
    await desk.approve(await desk.service_claim())
    batch = await desk.sent(fund)
    path = f"/payment-batches/{batch['id']}/file"
    answer = await desk.call(desk.bank, "GET", path, 200)
    assert answer.content.startswith("\ufeff批次号".encode())
    assert answer.headers["cache-control"] == "no-store"
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0] == ["批次号", batch["id"], "笔数", "2", "合计金额", "780.00"]
    assert rows[1] == ["序号", "明细号", "户名", "账号", "开户行", "金额", "用途"]
    own = ["1", rows[2][1], neighbours.names[person_id], "6200009876543210", "示例银行", "480.00", "交通补助"]
    assert rows[2] == own
    assert (rows[3][2], rows[3][5], rows[3][6]) == ("示例户名", "300.00", "就业创业服务补贴")
    assert (await desk.call(desk.finance, "GET", path, 200)).content == answer.content
    for token in (desk.payer, desk.approver, desk.agency):
        await desk.call(token, "GET", path, 403)
    await desk.call(tokens.system(tokens.NEIGHBOUR_COUNTY), "GET", path, 404)
    async with desk.subsidy.runtime.database.system_session() as session:
        audited = await session.execute(text("SELECT purpose FROM audit_entry WHERE action = 'subsidy:batch:file'"))
        assert audited.scalars().all() == ["payment", "payment"]
        for table in ("outbox", "audit_entry", "idempotency_key", "claim_decision", "payment_line"):
            stored = str((await session.execute(text(f"SELECT * FROM {table}"))).all())
            assert "6200009876543210" not in stored
            assert neighbours.names[person_id] not in stored
    assert len(neighbours.named_for) == 2


async def test_the_books_checker_finds_what_does_not_hold(desk: Desk, databases: ServiceDatabases) -> None:
    fund = await desk.fund()
    await desk.approve(await desk.travel_claim())
    with databases.admin("subsidy") as admin:
        admin.execute("UPDATE ledger_posting SET amount_fen = amount_fen + 1 WHERE account = 'committed'")
        async with desk.subsidy.runtime.database.system_session() as session:
            rules = {fault.rule for fault in await verify(session)}
        assert rules == {"each entry has two postings that sum to zero", "each balance is the sum of its postings"}
        admin.execute("UPDATE ledger_posting SET amount_fen = amount_fen - 1 WHERE account = 'committed'")
        with pytest.raises(CheckViolation, match="ck_ledger_balance_not_below_zero"):
            admin.execute(f"UPDATE ledger_balance SET balance_fen = -1 WHERE fund_id = '{fund}' AND account = 'paid'")
