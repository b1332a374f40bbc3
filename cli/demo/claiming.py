"""Subsidies: claimed with evidence, explained, reviewed by three offices, and refused a second time."""

from typing import Any

from cli.demo import evidence
from cli.demo.hiring import AGENCY
from cli.demo.placing import OFFICER, TOWNSHIP
from cli.demo.stage import Stage, expect
from cli.demo.story import COUNTY, YEAR, Claimed, Placed, Refusal
from shared.money import parse_yuan

SERVICE, TRAVEL = "service_subsidy", "travel_subsidy"
APPROPRIATED = "10000.00"
TICKETS = (("2018-03-04", "268.50", "268.50"), ("2018-03-11", "812.00", "500.00"))
"""Day of the journey, fare, and what is due of it: article 13 pays the fare up to 500 yuan."""

SERVICE_AMOUNTS = {"outside_province": "300.00", "outside_county": "200.00"}
"""Article 12, by the reach of the transfer."""


def open_fund(stage: Stage) -> None:
    stage.act("6 补贴 Subsidies")
    fund = {
        "code": "employment_subsidy",
        "name": "就业补助资金",
        "document_number": "红财社〔2018〕示例1号",
        "year": YEAR,
        "level": "province",
        "source": "省级就业补助资金",
    }
    with stage.doing("mile-finance", f"登记指标 {APPROPRIATED} 元 register the fund and its money") as finance:
        made = finance.post("/subsidy/v1/funds", fund)
        path = f"/subsidy/v1/funds/{made['id']}/appropriations"
        finance.post(path, {"amount": APPROPRIATED, "document": fund["document_number"]})
        stage.story.fund_id = made["id"]


def claim_service(stage: Stage) -> None:
    """The agency claims for those whom it took outside the county for three months (article 12)."""
    with stage.doing(AGENCY, "登记机构收款账户 register the agency's account") as agency:
        payee = agency.post("/subsidy/v1/payees", account("弥勒示例人力资源服务有限公司", 1) | {"county_code": COUNTY})
        proofs = _upload(stage, agency, "identity_proof", "劳动者身份证明 (样例)", "identity.pdf")
        proofs += _upload(stage, agency, "wage_proof", "企业工资收入证明 2018-03 至 2018-05 (样例)", "wages.pdf")
    for placed in stage.story.placements:
        due = SERVICE_AMOUNTS[str(placed.transfer)]
        body = {
            "benefit": SERVICE,
            "placement_id": placed.placement_id,
            "payee_id": payee["id"],
            "evidence": proofs,
        }
        _claim(stage, AGENCY, body, placed, due)


def claim_travel(stage: Stage) -> None:
    """The village's officer claims for those who work in another province (article 13)."""
    far = [one for one in stage.story.placements if one.transfer == "outside_province"]
    for serial, (placed, (day, fare, due)) in enumerate(zip(far, TICKETS, strict=True), start=2):
        with stage.doing(OFFICER, f"登记收款账户、上传车票 {fare} 元 account and ticket") as village:
            purpose = "登记补贴收款账户"
            name = village.get(f"/registry/v1/persons/{placed.person_id}/identity", purpose=purpose)["name"]
            payee = village.post("/subsidy/v1/payees", account(name, serial) | {"person_id": placed.person_id})
            lines = f"车票 {day} 弥勒—省外 {fare} 元"
            ticket = _upload(stage, village, "ticket", lines, f"ticket-{serial - 1}.pdf")
        body = {
            "benefit": TRAVEL,
            "person_id": placed.person_id,
            "placement_id": placed.placement_id,
            "payee_id": payee["id"],
            "ticket_date": day,
            "fare": fare,
            "evidence": ticket,
        }
        _claim(stage, OFFICER, body, placed, due)
        stage.story.travel_payees[placed.person_id] = payee["id"]


def explain(stage: Stage) -> None:
    """The decision, condition by condition with the article's words."""
    for claimed in stage.story.claims[:1] + stage.story.claims[-1:]:
        saved = stage.file(f"explanation-{claimed.benefit}.txt")
        with stage.doing(OFFICER, f"查看审核说明 why {claimed.benefit} is due") as village:
            text = village.text(f"/subsidy/v1/claims/{claimed.claim_id}/explanation")
        saved.write_text(text, encoding="utf-8")
        stage.say(text)


def review(stage: Stage) -> None:
    """Township, county, and approval by another person; nobody approves their own work."""
    claims = stage.story.claims
    _step(stage, TOWNSHIP, "乡镇初审 township review", "review", "reviewed")
    _step(stage, "mile-officer", "县级复核 county check", "check", "checked")
    first = f"/subsidy/v1/claims/{claims[0].claim_id}/approve"
    stage.refused("mile-officer", "复核人审批 the checker approves", 403, lambda one: one.post(first, {}))
    stage.refused(AGENCY, "申报人审批 the claimant approves", 403, lambda one: one.post(first, {}))
    stage.refused(OFFICER, "经办人审批 the officer who claimed approves", 403, lambda one: one.post(first, {}))
    _step(stage, "mile-approver", "另一人审批 approval by another person", "approve", "approved")


def claim_again(stage: Stage) -> None:
    """A second travel claim of the same year is decided at once: refused, with the article."""
    placed = next(one for one in stage.story.placements if one.transfer == "outside_province")
    with stage.doing(OFFICER, "同一年度再次申报交通补助 a second travel claim in the same year") as village:
        ticket = _upload(stage, village, "ticket", "车票 2018-05-02 弥勒—省外 199.00 元", "ticket-again.pdf")
        body = {
            "benefit": TRAVEL,
            "person_id": placed.person_id,
            "placement_id": placed.placement_id,
            "payee_id": stage.story.travel_payees[placed.person_id],
            "ticket_date": "2018-05-02",
            "fare": "199.00",
            "evidence": ticket,
        }
        made = village.post("/subsidy/v1/claims", body)
        answer = village.post(f"/subsidy/v1/claims/{made['id']}/submit")
    expect("a second travel claim of the year", answer["status"], "refused")
    reasons = stage.table("不予补贴 Refused", "条件 Condition", "条款 Article", "原文 Quote", "理由 Reason")
    for reason in answer["refused_by"]:
        reasons.add_row(reason["condition"], reason["article"], reason["quote"], f"{reason['zh']}\n{reason['en']}")
    stage.show(reasons)
    why = answer["refused_by"][0]
    stage.story.refusals.append(
        Refusal(OFFICER, "同一年度再次申报交通补助 a second travel claim of the year", 200, why["condition"], why["zh"])
    )


def _claim(stage: Stage, who: str, body: dict[str, Any], placed: Placed, due: str) -> None:
    with stage.doing(who, f"申报并提交 {body['benefit']} claim and submit") as claimant:
        made = claimant.post("/subsidy/v1/claims", body)
        answer = claimant.post(f"/subsidy/v1/claims/{made['id']}/submit")
    expect(f"{body['benefit']}: refused by", answer["refused_by"], [])
    expect(f"{body['benefit']}: status and amount", (answer["status"], answer["amount"]), ("submitted", due))
    stage.story.claims.append(
        Claimed(made["id"], body["benefit"], placed.placement_id, placed.person_id, parse_yuan(due), answer["status"])
    )


def _step(stage: Stage, who: str, what: str, step: str, expected: str) -> None:
    with stage.doing(who, f"{what} ({len(stage.story.claims)})") as officer:
        for claimed in stage.story.claims:
            answer = officer.post(f"/subsidy/v1/claims/{claimed.claim_id}/{step}", {})
            expect(f"after {step}", answer["status"], expected)
            claimed.status = answer["status"]


def account(holder: str, serial: int) -> dict[str, str]:
    """A bank account that is plainly made up."""
    return {"kind": "own", "holder": holder, "account": f"9999000000000{serial:05d}", "bank": "示例银行弥勒支行"}


def _upload(stage: Stage, caller: Any, code: str, text: str, name: str) -> list[dict[str, str]]:
    file = evidence.write(stage.file(name), text.split(" "))
    return [{"code": code, "file_id": caller.upload("/subsidy/v1/evidence", file)["id"]}]
