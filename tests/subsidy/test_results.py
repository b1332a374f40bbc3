"""What the bank reports: failed lines and their correction, results that do not fit, repetitions, silence."""

from typing import Any

import pytest
from sqlalchemy import text

from tests.factories.subsidy import Desk
from tests.fixtures import tokens

pytestmark = pytest.mark.anyio


async def two_sent(desk: Desk) -> tuple[str, Any, list[Any]]:
    """Two travel claims on their way to the bank."""
    fund = await desk.fund("1000.00")
    claims = [await desk.approve(await desk.travel_claim(fare)) for fare in ("100.00", "200.00")]
    return fund, await desk.sent(fund), claims


async def test_a_failed_line_is_corrected_and_paid_in_a_later_batch(desk: Desk) -> None:
    fund, batch, (good, bad) = await two_sent(desk)
    taken = await desk.report(batch, await desk.result(batch, bad["id"]))
    assert (taken["batch"]["status"], taken["batch"]["states"]) == ("closed", {"paid": 1, "rejected": 1})
    balances = await desk.balances(fund)
    assert (balances["paid"], balances["returned"], balances["in_transit"]) == ("100.00", "200.00", "0.00")
    failed = await desk.get(desk.village, f"/claims/{bad['id']}")
    assert (failed["status"], failed["history"][-1]["comment"]) == ("failed", "账号与户名不符")
    await desk.post(desk.village, f"/claims/{good['id']}/correct", {"payee_id": good["payee_id"]}, 409)
    unfit = await desk.post(desk.village, f"/claims/{bad['id']}/correct", {"payee_id": good["payee_id"]}, 422)
    assert unfit["type"].endswith("payee-unfit")
    payee = await desk.payee(bad["person_id"], kind="guardian")
    await desk.post(desk.village, f"/claims/{bad['id']}/correct", {"payee_id": payee})
    later = await desk.sent(fund)
    assert (later["count"], later["sum"]) == (1, "200.00")
    await desk.report(later, await desk.result(later))
    assert await desk.balances(fund) == {
        "source": "-1000.00",
        "appropriation": "700.00",
        "committed": "0.00",
        "in_transit": "0.00",
        "paid": "300.00",
        "returned": "0.00",
    }


async def test_a_failed_claim_that_is_given_up_frees_its_money_and_its_year(desk: Desk) -> None:
    fund, batch, (good, bad) = await two_sent(desk)
    await desk.report(batch, await desk.result(batch, bad["id"]))
    await desk.post(desk.village, f"/claims/{bad['id']}/withdraw", expect=409)
    await desk.post(desk.approver, f"/claims/{good['id']}/reject", {"comment": "已支付"}, 409)
    await desk.post(desk.approver, f"/claims/{bad['id']}/reject", {"comment": "本人放弃"})
    balances = await desk.balances(fund)
    assert (balances["appropriation"], balances["returned"]) == ("900.00", "0.00")
    again = await desk.travel_draft(bad["person_id"])
    assert (await desk.post(desk.village, f"/claims/{again['id']}/submit"))["status"] == "submitted"


async def test_money_that_was_sent_back_is_refunded(desk: Desk) -> None:
    fund, batch, _ = await two_sent(desk)
    result = await desk.result(batch)
    result["lines"][0] |= {"result": "refunded", "reason": "账户已注销"}
    taken = await desk.report(batch, result)
    assert taken["batch"]["states"] == {"refunded": 1, "paid": 1}
    assert (await desk.balances(fund))["returned"] == "100.00"


def _unfit(case: str, result: dict[str, Any]) -> dict[str, Any]:
    lines = result["lines"]
    match case:
        case "wrong_batch":
            return result | {"batch_id": "00000000-0000-7000-8000-000000000001"}
        case "wrong_count":
            return result | {"count": 3}
        case "wrong_sum":
            return result | {"sum": "300.01"}
        case "wrong_amount":
            return result | {"lines": [lines[0] | {"amount": "200.00"}, lines[1] | {"amount": "100.00"}]}
        case "unknown_line":
            return result | {"lines": [lines[0] | {"line_id": "00000000-0000-7000-8000-000000000001"}, lines[1]]}
        case "duplicate_line":
            return result | {"count": 3, "sum": "400.00", "lines": [*lines, lines[0]]}
        case "wrong_date":
            return result | {"settled_on": "2018-06-29"}
    raise AssertionError(case)


@pytest.mark.parametrize(
    "case",
    ["wrong_batch", "wrong_count", "wrong_sum", "wrong_amount", "unknown_line", "duplicate_line", "wrong_date"],
)
async def test_a_result_that_does_not_fit_is_kept_apart_whole(desk: Desk, case: str) -> None:
    fund, batch, _ = await two_sent(desk)
    before = await desk.balances(fund)
    unfit = _unfit(case, await desk.result(batch))
    problem, again = [await desk.report(batch, unfit, 409) for _ in range(2)]
    assert problem["type"].endswith("result-quarantined")
    assert case in {reason["code"] for reason in problem["reasons"]}
    assert again == problem
    assert await desk.balances(fund) == before
    assert {line["state"] for line in await desk.lines(batch)} == {"in_transit"}
    kept = (await desk.get(desk.finance, f"/payment-batches/{batch['id']}/results"))["items"]
    assert [(each["state"], each["reasons"] == problem["reasons"]) for each in kept] == [("quarantined", True)]
    assert (await desk.report(batch, await desk.result(batch)))["batch"]["status"] == "closed"


async def test_a_result_before_the_batch_was_sent_is_kept_apart(desk: Desk) -> None:
    fund = await desk.fund()
    await desk.approve(await desk.travel_claim())
    batch = await desk.batch(fund)
    problem = await desk.report(batch, await desk.result(batch), 409)
    assert [reason["code"] for reason in problem["reasons"]] == ["batch_not_sent"]


async def test_the_same_result_again_changes_nothing_and_another_contradicts(desk: Desk) -> None:
    fund, batch, (_, bad) = await two_sent(desk)
    result, key = await desk.result(batch, bad["id"]), {"Idempotency-Key": "result-of-this-batch"}
    first = await desk.report(batch, result, headers=key)
    balances = await desk.balances(fund)
    assert await desk.report(batch, result, headers=key) == first
    assert (await desk.report(batch, result))["id"] == first["id"]
    reordered = result | {"lines": result["lines"][::-1]}
    assert (await desk.report(batch, reordered))["batch"]["states"] == first["batch"]["states"]
    problem = await desk.report(batch, await desk.result(batch), 409)
    assert [reason["code"] for reason in problem["reasons"]] == ["contradiction"]
    assert await desk.balances(fund) == balances
    await desk.report(batch, await desk.result(batch), 422, headers=key)


async def test_what_a_result_leaves_out_stays_unknown_until_it_is_told(desk: Desk) -> None:
    fund, batch, _ = await two_sent(desk)
    whole = await desk.result(batch)
    first, second = ({"count": 1, "sum": line["amount"], "lines": [line]} for line in whole["lines"])
    taken = await desk.report(batch, whole | first)
    assert (taken["batch"]["status"], taken["batch"]["states"]) == ("approved", {"paid": 1, "unknown": 1})
    path = f"/payment-batches/{batch['id']}/lines"
    unknown = (await desk.get(desk.bank, path, params={"state": "unknown"}))["items"]
    assert [line["amount"] for line in unknown] == ["200.00"]
    assert (await desk.balances(fund))["in_transit"] == "200.00"
    await desk.post(desk.finance, "/payment-batches", {"fund_id": fund}, 409)
    taken = await desk.report(batch, whole | second)
    assert (taken["batch"]["status"], taken["batch"]["states"]) == ("closed", {"paid": 2})


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
async def test_the_bank_may_answer_with_a_table(desk: Desk, encoding: str) -> None:
    fund, batch, (_, bad) = await two_sent(desk)
    result = await desk.result(batch, bad["id"])
    words = {"success": "成功", "failed": "失败"}
    rows = [
        ["批次号", batch["id"], "笔数", "2", "合计金额", "300.00", "日期", "2018-06-28"],
        ["明细号", "金额", "结果", "原因"],
    ]
    rows += [[line["line_id"], line["amount"], words[line["result"]], line["reason"] or ""] for line in result["lines"]]
    content = "\r\n".join(",".join(row) for row in rows).encode(encoding)
    path, headers = f"/payment-batches/{batch['id']}/results", {"Content-Type": "text/csv; charset=utf-8"}
    answer = await desk.call(desk.bank, "POST", path, 200, content=content, headers=headers)
    assert answer.json()["batch"]["states"] == {"paid": 1, "rejected": 1}
    assert (await desk.balances(fund))["paid"] == "100.00"


@pytest.mark.parametrize(
    ("content", "media_type", "status"),
    [
        (b"{}", "application/json", 422),
        (b"not json", "application/json", 422),
        (b"a,b\r\nc,d\r\n", "text/csv", 422),
        (b"\xff\xff\xff", "text/csv", 422),
        ("批次号,x,笔数,2,合计金额,1.00,日期,2018-06-28\r\n明细号,金额,结果,原因\r\n".encode(), "text/csv", 422),
        (b"<xml/>", "application/xml", 415),
    ],
)
async def test_what_cannot_be_read_is_refused(desk: Desk, content: bytes, media_type: str, status: int) -> None:
    path = "/payment-batches/00000000-0000-7000-8000-000000000001/results"
    await desk.call(desk.bank, "POST", path, status, content=content, headers={"Content-Type": media_type})


async def test_only_the_bank_reports_and_only_in_its_region(desk: Desk) -> None:
    _, batch, _ = await two_sent(desk)
    result = await desk.result(batch)
    for token in (desk.finance, desk.payer, desk.agency, tokens.system(scope="subsidy:read subsidy:write")):
        await desk.call(token, "POST", f"/payment-batches/{batch['id']}/results", 403, json=result)
    elsewhere = tokens.system(tokens.NEIGHBOUR_COUNTY)
    await desk.call(elsewhere, "POST", f"/payment-batches/{batch['id']}/results", 404, json=result)


async def test_the_feed_tells_of_claims_and_payments_without_names(desk: Desk) -> None:
    _, batch, (good, bad) = await two_sent(desk)
    await desk.report(batch, await desk.result(batch, bad["id"]))
    service = tokens.service("reporting")
    events = (await desk.get(service, "/changes"))["events"]
    payments = {e["data"]["after"]["claim_id"]: e["data"] for e in events if e["type"] == "subsidy.payment"}
    assert payments[good["id"]] == {
        "version": 2,
        "effective_on": "2018-06-28",
        "county_code": tokens.COUNTY,
        "region": tokens.VILLAGE,
        "work_region": None,
        "after": {
            "claim_id": good["id"],
            "benefit": "travel_subsidy",
            "fund": "employment_subsidy",
            "person_id": good["person_id"],
            "organisation_id": None,
            "placement_id": None,
            "amount_fen": 10000,
            "state": "paid",
            "paid_on": "2018-06-28",
            "transfer": "outside_province",
        },
    }
    assert (payments[bad["id"]]["after"]["state"], payments[bad["id"]]["after"]["paid_on"]) == ("rejected", None)
    statuses = [e["data"]["after"]["status"] for e in events if e["subject"] == good["id"]]
    assert statuses == ["draft", "submitted", "reviewed", "checked", "approved", "in_batch", "in_batch", "paid"]
    snapshot = (await desk.get(service, "/snapshot", params={"limit": 10}))["events"]
    page = await desk.get(service, "/snapshot", params={"limit": 2})
    following = await desk.get(service, "/snapshot", params={"limit": 2, "page": page["next"]})
    assert [e["subject"] for e in snapshot] == [good["id"], bad["id"]]
    assert {e["type"] for e in page["events"]} == {"subsidy.claim"}
    assert following["events"] == [] or {e["type"] for e in following["events"]} == {"subsidy.payment"}
    async with desk.subsidy.runtime.database.system_session() as session:
        stored = str((await session.execute(text("SELECT data FROM outbox"))).all())
    assert "示例户名" not in stored
