"""From referral to end, as officers and agencies report it."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.factories.jobs import HIRE, filed_organisation, person, published, referral, referred
from tests.fixtures import tokens
from tests.fixtures.platform import ServiceUnderTest

pytestmark = pytest.mark.anyio

VILLAGE = tokens.officer(tokens.VILLAGE)
PDF = b"%PDF-1.7 proof"


async def step(jobs: ServiceUnderTest, org: UUID, placement: UUID, name: str, **body: Any) -> Any:
    async with jobs.client(tokens.organisation(org)) as client:
        return await client.post(f"/jobs/v1/placements/{placement}/{name}", json=body)


async def code(jobs: ServiceUnderTest, org: UUID, placement: UUID, name: str, **body: Any) -> tuple[int, str]:
    answer = await step(jobs, org, placement, name, **body)
    return answer.status_code, str(answer.json().get("type", "")).rsplit("/", 1)[-1]


@pytest.mark.rule("S003-S1a", "S003-S1b")
async def test_an_agency_reports_from_interview_to_end(jobs: ServiceUnderTest) -> None:
    org = await filed_organisation(jobs)
    placement = await referred(jobs, org)
    interviewed = await step(jobs, org, placement, "interview")
    assert (interviewed.json()["status"], interviewed.json()["interviewed_on"]) == ("interviewed", "2018-06-28")
    hired = await step(jobs, org, placement, "hire", **HIRE)
    assert (hired.status_code, hired.json()["status"], hired.json()["registry_state"]) == (200, "hired", "pending")
    assert (await step(jobs, org, placement, "hire", **HIRE)).json() == hired.json()
    assert await code(jobs, org, placement, "hire", **HIRE | {"hired_on": "2018-03-21"}) == (409, "reported-otherwise")
    went_on = {"performed_until": "2018-06-20", "contract_signed": True, "insured": True}
    followed = await step(jobs, org, placement, "follow-ups", **went_on)
    assert (followed.status_code, followed.json()["performed_until"]) == (201, "2018-06-20")
    assert (await step(jobs, org, placement, "follow-ups", **went_on)).json() == followed.json()
    otherwise = went_on | {"insured": False}
    assert await code(jobs, org, placement, "follow-ups", **otherwise) == (409, "reported-otherwise")
    earlier = {"performed_until": "2018-04-20", "contract_signed": False, "insured": False}
    kept = (await step(jobs, org, placement, "follow-ups", **earlier)).json()
    assert (kept["performed_until"], kept["insured"], kept["contract_to"]) == ("2018-06-20", True, "2019-03-19")
    ended = await step(jobs, org, placement, "end", ended_on="2018-06-27", reason="合同解除")
    assert (ended.json()["status"], ended.json()["ended_on"]) == ("ended", "2018-06-27")
    async with jobs.client(tokens.service("subsidy")) as client:
        facts = (await client.get(f"/jobs/internal/placements/{placement}/facts")).json()
        assert (await client.get(f"/jobs/internal/placements/{uuid4()}/facts")).status_code == 404
    assert facts["organisation"]["id"] == str(org)
    assert (facts["organisation"]["filed_region"], facts["organised"]) == (tokens.COUNTY, True)
    assert (facts["hired_on"], facts["performed_until"], facts["ended_on"]) == (
        "2018-03-20",
        "2018-06-20",
        "2018-06-27",
    )
    assert (facts["region"], facts["county_code"], facts["work_region"]) == (tokens.VILLAGE, tokens.COUNTY, "310115")
    assert facts["version"] == ended.json()["version"]


async def test_what_does_not_follow_is_refused(jobs: ServiceUnderTest) -> None:
    org = await filed_organisation(jobs)
    placement = await referred(jobs, org)
    assert await code(jobs, org, placement, "end", ended_on="2018-06-01", reason="离职") == (
        409,
        "placement-wrong-step",
    )
    went_on = {"performed_until": "2018-06-20", "contract_signed": True, "insured": True}
    assert await code(jobs, org, placement, "follow-ups", **went_on) == (409, "placement-wrong-step")
    future = await step(jobs, org, placement, "hire", **HIRE | {"hired_on": "2018-06-29"})
    assert (future.status_code, future.json()["errors"][0]["pointer"]) == (422, "/hired_on")
    assert await code(jobs, org, placement, "hire", **HIRE | {"contract_signed": False}) == (422, "wrong-dates")
    assert await code(jobs, org, placement, "hire", **HIRE | {"contract_to": "2018-03-19"}) == (422, "wrong-dates")
    assert (await step(jobs, org, placement, "hire", **HIRE | {"hired_on": "2018-06-28"})).status_code == 200
    assert await code(jobs, org, placement, "follow-ups", **went_on) == (422, "wrong-dates")
    late = went_on | {"performed_until": "2018-06-29"}
    assert await code(jobs, org, placement, "follow-ups", **late) == (422, "wrong-dates")
    assert await code(jobs, org, placement, "decline", reason="不合适") == (409, "placement-wrong-step")


async def test_a_declined_referral_may_be_made_again(jobs: ServiceUnderTest) -> None:
    org = await filed_organisation(jobs)
    made = await published(jobs, org)
    someone = await person(jobs)
    placement = await referral(jobs, someone, made["id"])
    async with jobs.client(VILLAGE) as client:
        given = {"person_id": str(someone), "posting_id": made["id"]}
        twice = await client.post("/jobs/v1/placements", json=given)
        assert (twice.status_code, twice.json()["type"].rsplit("/", 1)[1]) == (409, "already-referred")
    declined = await step(jobs, org, placement, "decline", reason="本人放弃")
    assert (await step(jobs, org, placement, "decline", reason="本人放弃")).json() == declined.json()
    assert await code(jobs, org, placement, "decline", reason="其他") == (409, "reported-otherwise")
    assert await referral(jobs, someone, made["id"]) != placement


async def test_others_do_not_see_it(jobs: ServiceUnderTest) -> None:
    org, other = await filed_organisation(jobs), await filed_organisation(jobs, name="另一机构")
    placement = await referred(jobs, org)
    path = f"/jobs/v1/placements/{placement}"
    for region, status in (
        (tokens.COUNTY, 200),
        (tokens.VILLAGE, 200),
        (tokens.NEIGHBOUR_VILLAGE, 404),
        ("532503", 404),
    ):
        async with jobs.client(tokens.officer(region)) as client:
            assert (await client.get(path)).status_code == status, region
            assert len((await client.get("/jobs/v1/placements")).json()["items"]) == (status == 200)
    async with jobs.client(tokens.officer(tokens.VILLAGE)) as client:
        assert (await client.get("/jobs/v1/placements?region=532504")).status_code == 404
        assert (await client.post(f"{path}/interview", json={})).status_code == 403
    async with jobs.client(tokens.organisation(other)) as client:
        assert (await client.get(f"/jobs/v1/referrals/{placement}")).status_code == 404
        assert (await client.post(f"{path}/hire", json=HIRE)).status_code == 404
        assert (await client.get("/jobs/v1/referrals")).json()["items"] == []
    async with jobs.client(tokens.organisation(org)) as client:
        assert (await client.get(path)).status_code == 403
        mine = (await client.get("/jobs/v1/referrals?status=referred")).json()["items"]
        assert [each["id"] for each in mine] == [str(placement)]
        assert not {"person_id", "region"} & mine[0].keys()


async def test_only_who_is_seen_alive_and_of_age_is_referred_to_an_open_posting(jobs: ServiceUnderTest) -> None:
    org = await filed_organisation(jobs)
    made = await published(jobs, org)

    async def refer(someone: UUID, posting: str = made["id"], token: str = VILLAGE) -> tuple[int, str]:
        async with jobs.client(token) as client:
            given = {"person_id": str(someone), "posting_id": posting}
            answer = await client.post("/jobs/v1/placements", json=given)
        return answer.status_code, str(answer.json().get("type", "")).rsplit("/", 1)[-1]

    assert await refer(await person(jobs, tokens.NEIGHBOUR_VILLAGE)) == (404, "not-found")
    assert await refer(await person(jobs, alive=False, status="deceased")) == (409, "person-not-available")
    assert await refer(await person(jobs, birth_year=2003)) == (409, "person-not-available")
    someone = await person(jobs)
    assert await refer(someone, str(uuid4())) == (404, "not-found")
    assert await refer(someone, token=tokens.officer(tokens.VILLAGE, "reviewer")) == (403, "forbidden")
    async with jobs.client(tokens.officer(tokens.COUNTY)) as client:
        await client.post(f"/jobs/v1/organisations/{org}/suspend", json={"reason": "被投诉"})
    assert await refer(someone) == (409, "organisation-suspended")
    async with jobs.client(tokens.officer(tokens.COUNTY)) as client:
        await client.post(f"/jobs/v1/organisations/{org}/resume")
    async with jobs.client(tokens.organisation(org)) as client:
        await client.post(f"/jobs/v1/postings/{made['id']}/pause")
    assert await refer(someone) == (409, "posting-not-published")


async def test_one_person_is_hired_once_however_many_report_at_once(jobs: ServiceUnderTest) -> None:
    org = await filed_organisation(jobs)
    someone = await person(jobs)
    placements = [await referral(jobs, someone, (await published(jobs, org))["id"]) for _ in range(4)]
    answers = await asyncio.gather(*(code(jobs, org, placement, "hire", **HIRE) for placement in placements))
    assert sorted(answers) == [(200, ""), *[(409, "already-placed")] * 3]
    hired = placements[answers.index((200, ""))]
    made = await published(jobs, org)
    async with jobs.client(VILLAGE) as client:
        given = {"person_id": str(someone), "posting_id": made["id"]}
        assert (await client.post("/jobs/v1/placements", json=given)).json()["type"].endswith("already-placed")
        await step(jobs, org, hired, "end", ended_on="2018-06-28", reason="合同到期")
        assert (await client.post("/jobs/v1/placements", json=given)).status_code == 201


async def test_the_last_vacancy_fills_the_posting_and_no_more_are_hired(jobs: ServiceUnderTest) -> None:
    org = await filed_organisation(jobs)
    made = await published(jobs, org, headcount=2)
    placements = [await referral(jobs, await person(jobs), made["id"]) for _ in range(4)]
    answers = await asyncio.gather(*(code(jobs, org, placement, "hire", **HIRE) for placement in placements))
    assert sorted(answers) == [(200, ""), (200, ""), (409, "posting-full"), (409, "posting-full")]
    async with jobs.client(tokens.organisation(org)) as client:
        shown = (await client.get(f"/jobs/v1/postings/{made['id']}")).json()
    assert (shown["status"], shown["filled"]) == ("filled", 2)


async def test_a_proof_is_kept_by_what_it_is_and_read_by_the_officers_of_the_region(jobs: ServiceUnderTest) -> None:
    org, other = await filed_organisation(jobs), await filed_organisation(jobs, name="另一机构")
    placement = await referred(jobs, org)
    await step(jobs, org, placement, "hire", **HIRE)
    path = f"/jobs/v1/placements/{placement}"
    async with jobs.client(tokens.organisation(org)) as client:
        refused = await client.post(f"{path}/proofs", files={"file": ("proof.pdf", b"MZ not a pdf")})
        assert refused.status_code == 415
        proof = (await client.post(f"{path}/proofs", files={"file": ("a.pdf", PDF)})).json()["id"]
    async with jobs.client(tokens.organisation(other)) as client:
        assert (await client.post(f"{path}/proofs", files={"file": ("a.pdf", PDF)})).status_code == 404
    went_on = {"performed_until": "2018-06-20", "contract_signed": True, "insured": True}
    assert await code(jobs, org, placement, "follow-ups", **went_on, proof_file_id=str(uuid4())) == (422, "wrong-dates")
    assert (await step(jobs, org, placement, "follow-ups", **went_on, proof_file_id=proof)).status_code == 201
    async with jobs.client(tokens.officer(tokens.TOWNSHIP)) as client:
        shown = await client.get(f"{path}/proofs/{proof}")
        assert (shown.content, shown.headers["content-type"]) == (PDF, "application/pdf")
        assert (await client.get(f"{path}/follow-ups")).json()[0]["proof_file_id"] == proof
    async with jobs.client(tokens.officer(tokens.NEIGHBOUR_COUNTY)) as client:
        assert (await client.get(f"{path}/proofs/{proof}")).status_code == 404
