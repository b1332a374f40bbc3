"""Subsidy: its neighbours' facts, and a desk that does what claimants, officers and the bank do, through the API.

The neighbours stand in for registry and jobs by serving the contracts' facts; nothing of subsidy itself is replaced.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import httpx2
from fastapi import FastAPI, Header, HTTPException

from shared.client import ServiceClient
from shared.ids import new_id
from tests.fixtures import tokens
from tests.fixtures.platform import OwnToken, ServiceUnderTest

PDF = b"%PDF-1.7\n%sample\n"
OTHER_VILLAGE = "532504101200"


@dataclass
class Neighbours:
    """Registry and jobs as subsidy sees them: facts by id, which a test may change at any moment."""

    people: dict[UUID, dict[str, Any]] = field(default_factory=dict)
    placements: dict[UUID, dict[str, Any]] = field(default_factory=dict)
    names: dict[UUID, str] = field(default_factory=dict)
    named_for: list[str] = field(default_factory=list)

    def person(self, region: str = tokens.VILLAGE, **changes: Any) -> UUID:
        person_id = new_id()
        self.names[person_id] = f"样{len(self.names)}·阿依·示例"
        self.people[person_id] = {
            "person_id": person_id,
            "version": 1,
            "alive": True,
            "base": "poverty_alleviated",
            "region": region,
            "county_code": region[:6],
            "spells": [],
        } | changes
        return person_id

    def spell(self, person_id: UUID, **changes: Any) -> dict[str, Any]:
        """Employment outside the province since 1 March 2018, verified."""
        spell: dict[str, Any] = {
            "id": new_id(),
            "version": 1,
            "placement_id": None,
            "started_on": date(2018, 3, 1),
            "ended_on": None,
            "transfer": "outside_province",
            "verified": True,
        } | changes
        self.people[person_id]["spells"].append(spell)
        return spell

    def placement(self, org: UUID, person_id: UUID, transfer: str = "outside_province", **changes: Any) -> UUID:
        """An organised placement by a filed agency since 1 March 2018, performed until 20 June."""
        placement_id, person = new_id(), self.people[person_id]
        organisation = {"id": org, "kind": "agency", "filed": True} | changes.pop("organisation", {})
        facts: dict[str, Any] = {
            "placement_id": placement_id,
            "version": 1,
            "status": "hired",
            "person_id": person_id,
            "organisation": organisation,
            "region": person["region"],
            "county_code": person["county_code"],
            "organised": True,
            "hired_on": date(2018, 3, 1),
            "ended_on": None,
            "performed_until": date(2018, 6, 20),
        } | changes
        self.placements[placement_id] = facts
        self.spell(person_id, placement_id=placement_id, started_on=facts["hired_on"], transfer=transfer)
        return placement_id

    def serve(self, subsidy: ServiceUnderTest) -> None:
        """Lead subsidy's calls here."""
        transport = httpx2.ASGITransport(app=_app(self))
        subsidy.runtime.clients = {
            name: ServiceClient(
                name, httpx2.AsyncClient(transport=transport, base_url=f"http://{name}"), OwnToken("subsidy")
            )
            for name in ("registry", "jobs")
        }


def _app(neighbours: Neighbours) -> FastAPI:
    app = FastAPI()

    @app.get("/registry/internal/persons/{person_id}/facts")
    async def person(person_id: UUID) -> dict[str, Any]:
        return _found(neighbours.people, person_id)

    @app.get("/jobs/internal/placements/{placement_id}/facts")
    async def placement(placement_id: UUID) -> dict[str, Any]:
        return _found(neighbours.placements, placement_id)

    @app.post("/registry/internal/persons/batch")
    async def batch(body: dict[str, Any], x_acting_for: str = Header()) -> list[dict[str, Any]]:
        if body["purpose"] != "payment" or len(body["ids"]) > 200:
            raise HTTPException(422)
        neighbours.named_for.append(x_acting_for)
        return [{"id": each, "name": neighbours.names[UUID(each)]} for each in body["ids"]]

    return app


def _found(table: dict[UUID, dict[str, Any]], key: UUID) -> dict[str, Any]:
    if key not in table:
        raise HTTPException(404)
    return table[key]


@dataclass
class Desk:
    """Everyone who has to do with a subsidy, each with a token of their own."""

    subsidy: ServiceUnderTest
    neighbours: Neighbours
    org: UUID = field(default_factory=uuid4)

    def __post_init__(self) -> None:
        self.agency = tokens.organisation(self.org)
        self.village = tokens.officer(tokens.VILLAGE, "registrar")
        self.township = tokens.officer(tokens.TOWNSHIP, "reviewer")
        self.checker = tokens.officer(tokens.COUNTY, "reviewer")
        self.approver = tokens.officer(tokens.COUNTY, "approver")
        self.finance = tokens.officer(tokens.COUNTY, "finance", department="finance")
        self.payer = tokens.officer(tokens.COUNTY, "approver", department="finance")
        self.bank = tokens.system(tokens.PROVINCE)

    async def call(
        self, token: str, method: str, path: str, expect: int | None = None, **given: Any
    ) -> httpx2.Response:
        """One request, with a new Idempotency-Key unless the test gives one."""
        headers = {"Idempotency-Key": uuid4().hex} | given.pop("headers", {})
        async with self.subsidy.client(token) as client:
            answer = await client.request(method, f"/subsidy/v1{path}", headers=headers, **given)
        if expect is not None:
            assert answer.status_code == expect, answer.text
        return answer

    async def post(self, token: str, path: str, body: Any = None, expect: int | None = 200, **given: Any) -> Any:
        return (await self.call(token, "POST", path, expect, json=body if body is not None else {}, **given)).json()

    async def get(self, token: str, path: str, expect: int | None = 200, **given: Any) -> Any:
        return (await self.call(token, "GET", path, expect, **given)).json()

    # --- claims ---

    async def payee(self, person_id: UUID | None = None, **changes: Any) -> str:
        """Of a person, registered by the village; else of the agency."""
        account = {"kind": "own", "holder": "示例户名", "account": f"62{uuid4().int % 10**14:014}", "bank": "示例银行"}
        owner = {"person_id": str(person_id)} if person_id else {"county_code": tokens.COUNTY}
        made = await self.post(self.village if person_id else self.agency, "/payees", account | owner | changes, 201)
        return str(made["id"])

    async def file(self, token: str, content: bytes = PDF) -> str:
        made = await self.call(token, "POST", "/evidence", 201, files={"file": ("proof.bin", content)})
        return str(made.json()["id"])

    async def service_draft(self, placement_id: UUID, **changes: Any) -> Any:
        body: dict[str, Any] = {"benefit": "service_subsidy", "placement_id": str(placement_id)}
        body["payee_id"] = changes.pop("payee_id", None) or await self.payee()
        proofs = changes.pop("proofs", ("identity_proof", "employment_roster"))
        body["evidence"] = [{"code": code, "file_id": await self.file(self.agency)} for code in proofs]
        return await self.post(self.agency, "/claims", body | changes, 201)

    async def travel_draft(self, person_id: UUID, fare: str = "480.00", **changes: Any) -> Any:
        body: dict[str, Any] = {
            "benefit": "travel_subsidy",
            "person_id": str(person_id),
            "payee_id": changes.pop("payee_id", None) or await self.payee(person_id),
            "ticket_date": "2018-02-27",
            "fare": fare,
            "evidence": [{"code": "ticket", "file_id": await self.file(self.village)}],
        }
        return await self.post(self.village, "/claims", body | changes, 201)

    async def service_claim(self, transfer: str = "outside_province", **changes: Any) -> Any:
        """A submitted claim of the agency for a new person."""
        placement_id = self.neighbours.placement(self.org, self.neighbours.person(), transfer, **changes)
        draft = await self.service_draft(placement_id)
        return await self.post(self.agency, f"/claims/{draft['id']}/submit")

    async def travel_claim(self, fare: str = "480.00", **changes: Any) -> Any:
        """A submitted claim of the village for a new person who works outside the province."""
        person_id = self.neighbours.person()
        self.neighbours.spell(person_id)
        draft = await self.travel_draft(person_id, fare, **changes)
        return await self.post(self.village, f"/claims/{draft['id']}/submit")

    async def examine(self, claim: Any) -> Any:
        """Township and county."""
        await self.post(self.township, f"/claims/{claim['id']}/review")
        return await self.post(self.checker, f"/claims/{claim['id']}/check")

    async def approve(self, claim: Any) -> Any:
        await self.examine(claim)
        return await self.post(self.approver, f"/claims/{claim['id']}/approve")

    # --- money ---

    async def fund(self, amount: str | None = "10000.00", **changes: Any) -> str:
        body = {
            "code": "employment_subsidy",
            "name": "就业补助资金",
            "document_number": f"示例财社〔2018〕{uuid4().int % 10**6}号",
            "year": 2018,
            "level": "province",
            "source": "省级财政",
        }
        made = await self.post(self.finance, "/funds", body | changes, 201)
        if amount is not None:
            money = {"amount": amount, "document": "示例指标文件"}
            await self.post(self.finance, f"/funds/{made['id']}/appropriations", money, 201)
        return str(made["id"])

    async def balances(self, fund_id: str) -> dict[str, str]:
        return dict((await self.get(self.finance, f"/funds/{fund_id}"))["balances"])

    async def batch(self, fund_id: str) -> Any:
        return await self.post(self.finance, "/payment-batches", {"fund_id": fund_id}, 201)

    async def sent(self, fund_id: str) -> Any:
        """A batch on its way to the bank."""
        batch = await self.batch(fund_id)
        return await self.post(self.payer, f"/payment-batches/{batch['id']}/approve")

    async def lines(self, batch: Any) -> list[Any]:
        return list((await self.get(self.finance, f"/payment-batches/{batch['id']}/lines"))["items"])

    async def result(self, batch: Any, *failing: str, settled_on: str = "2018-06-28", **changes: Any) -> dict[str, Any]:
        """What a bank would say of all lines; those in `failing` (claim ids) failed."""
        lines = [
            {"line_id": line["id"], "amount": line["amount"]}
            | (
                {"result": "failed", "reason": "账号与户名不符"}
                if line["claim_id"] in failing
                else {"result": "success", "reason": None}
            )
            for line in await self.lines(batch)
            if line["state"] != "stopped"
        ]
        body = {
            "batch_id": batch["id"],
            "count": len(lines),
            "sum": batch["sum"],
            "settled_on": settled_on,
            "lines": lines,
        }
        return body | changes

    async def report(self, batch: Any, result: Any, expect: int = 200, **given: Any) -> Any:
        return await self.post(self.bank, f"/payment-batches/{batch['id']}/results", result, expect, **given)
