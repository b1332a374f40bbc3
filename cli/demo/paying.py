"""From approved claims to reconciled payments: drafted by one, approved by another, sent to a bank, and balanced."""

import csv
import io
from typing import Any

from cli.client import Caller
from cli.demo.claiming import account
from cli.demo.opening import TREASURY
from cli.demo.placing import OFFICER
from cli.demo.stage import Stage, Wrong, expect
from cli.demo.story import TODAY, Claimed
from shared.money import format_yuan, parse_yuan

BANK = "system-demo-bank"
BATCHES = "/subsidy/v1/payment-batches"
CLOSED_ACCOUNT = "户名账号不符"


def pay(stage: Stage) -> None:
    """One payment fails at the bank, is corrected, and goes in a later batch."""
    claims = stage.story.claims
    batch = _send(stage, claims)
    lines = _lines(stage.caller(BANK), batch["id"])
    wrong = _result(batch, lines) | {"sum": format_yuan(parse_yuan(batch["sum"]) + 1)}
    stage.refused(
        BANK,
        "控制总额差一分的结果 a result one fen off",
        409,
        lambda one: one.post(f"{BATCHES}/{batch['id']}/results", wrong),
    )
    failed = next(one for one in claims if one.benefit == "travel_subsidy" and one.amount_fen == 50_000)
    _settle(stage, batch, _result(batch, lines, failed.claim_id))
    _read_back(stage, claims)
    expect("the claim whose payment failed", failed.status, "failed")
    _correct(stage, failed)
    again = _send(stage, [failed])
    _settle(stage, again, _result(again, _lines(stage.caller(BANK), again["id"])))
    _read_back(stage, claims)
    expect("claims after both batches", {one.status for one in claims}, {"paid"})


def balance(stage: Stage) -> None:
    """The trial balance of the county's funds, which must sum to zero and hold what was paid."""
    with stage.doing("mile-finance", "试算平衡表 trial balance") as finance:
        found = finance.get("/subsidy/v1/ledger/trial-balance")
    fund = next(one for one in found["funds"] if one["fund_id"] == stage.story.fund_id)
    table = stage.table(
        "试算平衡表 Trial balance (元 yuan)", "科目 Account", "借方 Debit#", "贷方 Credit#", "余额 Balance#"
    )
    for one in fund["accounts"]:
        table.add_row(one["account"], one["debit"], one["credit"], one["balance"])
        stage.story.ledger[one["account"]] = parse_yuan(one["balance"])
    stage.show(table)
    expect("the books balance", found["balanced"], True)
    expect("paid by the books", stage.story.ledger["paid"], sum(one.amount_fen for one in stage.story.claims))
    expect("nothing is on its way", stage.story.ledger["in_transit"], 0)
    expect("the accounts sum to zero", sum(stage.story.ledger.values()), 0)


def _send(stage: Stage, claims: list[Claimed]) -> Any:
    """A batch of these claims, approved, and its file at the bank."""
    with stage.doing("mile-finance", f"编制支付批次 draft a batch of {len(claims)}") as finance:
        batch = finance.post(BATCHES, {"fund_id": stage.story.fund_id})
    expect("lines and sum of the batch", (batch["count"], batch["sum"]), (len(claims), _total(claims)))
    path = f"{BATCHES}/{batch['id']}"
    if not stage.story.batches:
        for who in ("mile-finance", "mile-approver"):
            stage.refused(
                who, "编制人或其他部门审批批次 approve one's own batch", 403, lambda one: one.post(f"{path}/approve")
            )
    with stage.doing(TREASURY, "财政另一人审批 approval by another person of the finance bureau") as treasury:
        approved = treasury.post(f"{path}/approve")
    expect("the approved batch", (approved["status"], approved["count"]), ("approved", len(claims)))
    stage.story.batches.append(batch["id"])
    file = stage.file(f"bank-{len(stage.story.batches)}.csv")
    with stage.doing(BANK, f"领取支付文件 fetch the file {file.name}") as bank:
        bank.download(f"{path}/file", file)
    head, _, *rows = csv.reader(io.StringIO(file.read_text(encoding="utf-8-sig")))
    expect("count and control sum in the file", (head[3], head[5]), (str(len(claims)), _total(claims)))
    expect("lines in the file", len(rows), len(claims))
    return approved


def _lines(bank: Caller, batch_id: str) -> list[dict[str, Any]]:
    return list(bank.pages(f"{BATCHES}/{batch_id}/lines"))


def _result(batch: Any, lines: list[dict[str, Any]], failed: str | None = None) -> dict[str, Any]:
    """What the bank reports: all paid, but the line of one claim."""
    return {
        "batch_id": batch["id"],
        "count": len(lines),
        "sum": batch["sum"],
        "settled_on": TODAY.isoformat(),
        "lines": [
            {"line_id": one["id"], "amount": one["amount"], "result": "failed", "reason": CLOSED_ACCOUNT}
            if one["claim_id"] == failed
            else {"line_id": one["id"], "amount": one["amount"], "result": "success"}
            for one in lines
        ],
    }


def _settle(stage: Stage, batch: Any, result: dict[str, Any]) -> None:
    path, key = f"{BATCHES}/{batch['id']}/results", f"result-{batch['id']}"
    with stage.doing(BANK, "回传支付结果 report the results") as bank:
        taken = bank.post(path, result, key=key)
    with stage.doing(BANK, "结果重复回传,不变 the same again changes nothing") as bank:
        expect("a repeated result", bank.post(path, result, key=key)["batch"], taken["batch"])
    table = stage.table("支付明细 Payment lines", "序号 No.#", "金额 Amount#", "状态 State", "原因 Reason")
    for line in _lines(stage.caller(BANK), batch["id"]):
        table.add_row(str(line["number"]), line["amount"], line["state"], line["reason"] or "")
    stage.show(table)
    expect("the batch after its results", taken["batch"]["status"], "closed")


def _correct(stage: Stage, claimed: Claimed) -> None:
    with stage.doing(OFFICER, "更正收款账户 name another account") as village:
        purpose = "更正补贴收款账户"
        name = village.get(f"/registry/v1/persons/{claimed.person_id}/identity", purpose=purpose)["name"]
        payee = village.post("/subsidy/v1/payees", account(name, 99) | {"person_id": claimed.person_id})
        village.post(f"/subsidy/v1/claims/{claimed.claim_id}/correct", {"payee_id": payee["id"]})


def _read_back(stage: Stage, claims: list[Claimed]) -> None:
    with stage.doing("mile-officer", "查看申报状态 how the claims stand") as county:
        listed = {one["id"]: one for one in county.pages("/subsidy/v1/claims")}
    for claimed in claims:
        if claimed.claim_id not in listed:
            raise Wrong(f"The claim {claimed.claim_id} is not in the county's list.")
        claimed.status = listed[claimed.claim_id]["status"]
        expect("a claim's amount", listed[claimed.claim_id]["amount"], format_yuan(claimed.amount_fen))


def _total(claims: list[Claimed]) -> str:
    return format_yuan(sum(one.amount_fen for one in claims))
