"""Subsidy with the real registry and jobs behind it: their facts decide, their names go to the bank."""

from uuid import UUID

import pytest

from services.subsidy.funds.verify import verify
from tests.factories import jobs as at_jobs
from tests.factories import registry as at_registry
from tests.factories.subsidy import Desk, Neighbours
from tests.fixtures import tokens
from tests.fixtures.platform import ServiceUnderTest

pytestmark = pytest.mark.anyio


@pytest.fixture
async def person_id(registry: ServiceUnderTest, jobs: ServiceUnderTest) -> UUID:
    """Someone of a registered poor household, whom jobs knows of."""
    await at_registry.divisions(registry.runtime.database)
    body = at_registry.person(tokens.VILLAGE)
    body["household"]["category"] = "poverty_alleviated"
    async with registry.client(tokens.officer()) as client:
        made = await client.post("/registry/v1/persons", json=body)
        assert made.status_code == 201, made.text
    found = UUID(made.json()["id"])
    await at_jobs.told(jobs, ("registry.person", found, at_jobs.person_data()))
    return found


async def hired(jobs: ServiceUnderTest, person_id: UUID) -> tuple[UUID, UUID]:
    """A placement outside the province, performed for more than three months; its organisation and its id."""
    org = await at_jobs.filed_organisation(jobs)
    posting = await at_jobs.published(jobs, org)
    placement_id = await at_jobs.referral(jobs, person_id, posting["id"])
    path = f"/jobs/v1/placements/{placement_id}"
    async with jobs.client(tokens.organisation(org)) as client:
        for step, body in (
            ("interview", {"interviewed_on": "2018-03-10"}),
            ("hire", at_jobs.HIRE),
            ("follow-ups", {"performed_until": "2018-06-25", "contract_signed": True, "insured": True}),
        ):
            answer = await client.post(f"{path}/{step}", json=body)
            assert answer.status_code < 300, answer.text
    await jobs.run_jobs()
    return org, placement_id


async def test_both_benefits_of_one_person_from_the_hire_to_the_banks_file(
    subsidy: ServiceUnderTest, registry: ServiceUnderTest, jobs: ServiceUnderTest, person_id: UUID
) -> None:
    org, placement_id = await hired(jobs, person_id)
    desk = Desk(subsidy, Neighbours(), org)
    fund = await desk.fund("780.00")
    service = await desk.service_draft(placement_id)
    open_ = await desk.post(desk.agency, f"/claims/{service['id']}/submit", expect=422)
    assert [each["pointer"] for each in open_["errors"]] == ["/facts/spell_verified"]
    async with registry.client(tokens.officer()) as client:
        spells = f"/registry/v1/persons/{person_id}/spells"
        (spell,) = (await client.get(spells)).json()["items"]
        assert (await client.post(f"{spells}/{spell['id']}/verify")).status_code == 200
    service = await desk.post(desk.agency, f"/claims/{service['id']}/submit")
    travel = await desk.travel_draft(person_id, ticket_date="2018-03-18")
    travel = await desk.post(desk.village, f"/claims/{travel['id']}/submit")
    assert [(each["status"], each["amount"]) for each in (service, travel)] == [
        ("submitted", "300.00"),
        ("submitted", "480.00"),
    ]
    for claim in (service, travel):
        await desk.approve(claim)
    batch = await desk.sent(fund)
    answer = await desk.call(desk.bank, "GET", f"/payment-batches/{batch['id']}/file", 200)
    assert at_registry.person()["name"] in answer.content.decode("utf-8-sig")
    taken = await desk.report(batch, await desk.result(batch))
    assert taken["batch"]["states"] == {"paid": 2}
    async with subsidy.runtime.database.system_session() as session:
        assert await verify(session) == []


async def test_a_person_outside_the_villages_region_is_not_claimed_for(
    subsidy: ServiceUnderTest, person_id: UUID
) -> None:
    desk = Desk(subsidy, Neighbours())
    neighbour = tokens.officer(tokens.NEIGHBOUR_VILLAGE, "registrar")
    payee = {
        "person_id": str(person_id),
        "kind": "own",
        "holder": "示例户名",
        "account": "6200000000",
        "bank": "示例银行",
    }
    await desk.post(neighbour, "/payees", payee, 404)
    await desk.post(desk.village, "/payees", payee, 201)
