"""Postings through the API, as an agency's program and a county's reviewer use it."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.jobs.postings.tasks import expire
from shared import clock
from shared.clock import BEIJING
from tests.factories.jobs import filed_organisation, organisation, posting, published, submitted
from tests.fixtures import tokens
from tests.fixtures.platform import ServiceUnderTest

pytestmark = pytest.mark.anyio


def key() -> dict[str, str]:
    return {"Idempotency-Key": uuid4().hex}


async def review(jobs: ServiceUnderTest, made: dict[str, Any], region: str = tokens.COUNTY, **body: Any) -> Any:
    async with jobs.client(tokens.officer(region)) as client:
        return await client.post(
            f"/jobs/v1/postings/{made['id']}/review", json=body, headers={"If-Match": f'"{made["version"]}"'}
        )


async def test_a_posting_is_upserted_by_the_organisations_own_id(jobs: ServiceUnderTest) -> None:
    org = await filed_organisation(jobs)
    given = posting()
    async with jobs.client(tokens.organisation(org)) as client:
        made = await client.post("/jobs/v1/postings", json=given)
        again = await client.post("/jobs/v1/postings", json=given)
        assert (made.status_code, again.status_code) == (201, 200)
        assert made.json() == again.json()
        assert (made.json()["status"], made.json()["wage_from"]) == ("in_review", "4500.00")
        raised = await client.post("/jobs/v1/postings", json=given | {"wage_to": "6500.00"})
        assert (raised.status_code, raised.json()["version"]) == (200, 2)
        checked = await client.post("/jobs/v1/postings?validate_only=true", json=given)
        assert (checked.status_code, checked.json()) == (200, None)
        assert (await client.get(f"/jobs/v1/postings/{made.json()['id']}")).json()["wage_to"] == "6500.00"


async def test_a_refused_posting_names_each_field_in_either_language(jobs: ServiceUnderTest) -> None:
    org = await filed_organisation(jobs)
    async with jobs.client(tokens.organisation(org)) as client:
        missing = await client.post("/jobs/v1/postings", json=posting(wage_from=..., work_region="31011"))
        assert {(e["pointer"], e["code"]) for e in missing.json()["errors"]} == {
            ("/wage_from", "missing"),
            ("/work_region", "region_code"),
        }
        bad = posting(wage_to="100.00", requirements="限男性,交押金")
        chinese = await client.post("/jobs/v1/postings", json=bad)
        english = await client.post("/jobs/v1/postings", json=bad, headers={"Accept-Language": "en"})
    assert (chinese.status_code, chinese.headers["content-type"]) == (422, "application/problem+json")
    assert "就业促进法第二十七条" in chinese.text
    assert "Employment Promotion Act, article 27" in english.text
    assert [e["code"] for e in english.json()["errors"]] == ["wage_order", "discrimination_sex", "deposit"]


async def test_of_many_some_go_in_and_some_are_refused_and_a_repetition_is_answered_alike(
    jobs: ServiceUnderTest,
) -> None:
    org = await filed_organisation(jobs)
    good, other = posting(), posting()
    items = [good, posting(wage_to=...), other, "text", good, posting(requirements="限男性")]
    once = key()
    async with jobs.client(tokens.organisation(org)) as client:
        assert (await client.post("/jobs/v1/postings/bulk", json={"items": items})).status_code == 428
        tried = await client.post("/jobs/v1/postings/bulk?validate_only=true", json={"items": items}, headers=key())
        assert (tried.json()["id"], tried.json()["accepted"]) == (None, 2)
        assert (await client.get("/jobs/v1/postings")).json()["items"] == []
        done = await client.post("/jobs/v1/postings/bulk", json={"items": items}, headers=once)
        assert done.status_code == 200, done.text
        results = done.json()["results"]
        assert [r["outcome"] for r in results] == ["created", "refused", "created", "refused", "refused", "refused"]
        pointers = [[e["pointer"] for e in r["errors"]] for r in results]
        assert pointers == [
            [],
            ["/items/1/wage_to"],
            [],
            ["/items/3"],
            ["/items/4/external_id"],
            ["/items/5/requirements"],
        ]
        assert results[1]["external_id"] == items[1]["external_id"]  # type: ignore[index]
        repeated = await client.post("/jobs/v1/postings/bulk", json={"items": items}, headers=once)
        assert repeated.json() == done.json()
        other_body = await client.post("/jobs/v1/postings/bulk", json={"items": [good]}, headers=once)
        assert other_body.status_code == 422
        assert (await client.get(f"/jobs/v1/postings/bulk/{done.json()['id']}")).json() == done.json()
        unchanged = await client.post("/jobs/v1/postings/bulk", json={"items": [good]}, headers=key())
        assert unchanged.json()["results"][0]["outcome"] == "unchanged"
        assert len((await client.get("/jobs/v1/postings")).json()["items"]) == 2
    async with jobs.client(tokens.organisation(await filed_organisation(jobs, name="另一机构"))) as client:
        assert (await client.get(f"/jobs/v1/postings/bulk/{done.json()['id']}")).status_code == 404


async def test_a_thousand_go_in_at_once_and_one_more_does_not(jobs: ServiceUnderTest) -> None:
    org = await filed_organisation(jobs)
    items = [posting(external_id=f"N{number}") for number in range(1001)]
    async with jobs.client(tokens.organisation(org)) as client:
        refused = await client.post("/jobs/v1/postings/bulk", json={"items": items}, headers=key())
        assert refused.status_code == 422
        done = await client.post("/jobs/v1/postings/bulk", json={"items": items[:1000]}, headers=key())
        assert (done.json()["accepted"], done.json()["refused"]) == (1000, 0)
        seen: list[str] = []
        path: str | None = "/jobs/v1/postings?limit=200"
        while path:
            page = await client.get(path)
            seen += [each["external_id"] for each in page.json()["items"]]
            path = page.headers["link"].split(";")[0].strip("<>") if "link" in page.headers else None
    assert len(seen) == len(set(seen)) == 1000


async def test_the_county_publishes_the_version_it_has_read(jobs: ServiceUnderTest) -> None:
    org = await filed_organisation(jobs)
    made = await submitted(jobs, org, external_id="A")
    assert (await review(jobs, made, tokens.NEIGHBOUR_COUNTY, decision="publish")).status_code == 404
    assert (await review(jobs, made, tokens.VILLAGE, decision="publish")).status_code == 403
    assert (await review(jobs, made, decision="reject")).json()["errors"][0]["pointer"] == "/reasons"
    async with jobs.client(tokens.organisation(org)) as client:
        edited = (await client.post("/jobs/v1/postings", json=posting(external_id="A", title="新的岗位"))).json()
    assert (await review(jobs, made, decision="publish")).status_code == 412
    rejected = await review(jobs, edited, decision="reject", reasons=["工作地址不详"])
    assert (rejected.json()["status"], rejected.json()["rejection"]) == ("rejected", ["工作地址不详"])
    async with jobs.client(tokens.organisation(org)) as client:
        mended = await client.post("/jobs/v1/postings", json=posting(external_id="A", work_address="川沙路 1 号"))
    assert mended.json()["status"] == "in_review"
    shown = await review(jobs, mended.json(), decision="publish")
    assert (shown.json()["status"], shown.json()["published_on"]) == ("published", "2018-06-28")
    assert (await review(jobs, shown.json(), tokens.NEIGHBOUR_COUNTY, decision="publish")).status_code == 403


async def test_published_postings_are_for_every_officer_and_an_organisations_own_for_itself(
    jobs: ServiceUnderTest,
) -> None:
    org = await filed_organisation(jobs)
    waiting, open_ = await submitted(jobs, org), await published(jobs, org)
    other = await filed_organisation(jobs, name="另一机构")
    foreign = await published(jobs, other, work_region="532503")

    async def ids(token: str, query: str = "") -> list[str]:
        async with jobs.client(token) as client:
            answer = await client.get(f"/jobs/v1/postings{query}")
        return [each["id"] for each in answer.json()["items"]]

    assert await ids(tokens.officer(tokens.FAR_COUNTY)) == [foreign["id"], open_["id"]]
    assert await ids(tokens.officer(tokens.VILLAGE), "?work_region=5325") == [foreign["id"]]
    assert await ids(tokens.officer(tokens.VILLAGE), "?work_region=532503&kind=workshop") == []
    assert await ids(tokens.officer(tokens.COUNTY), "?status=in_review") == [waiting["id"]]
    assert await ids(tokens.officer(tokens.NEIGHBOUR_COUNTY), "?status=in_review") == []
    assert await ids(tokens.organisation(org)) == [open_["id"], waiting["id"]]
    assert await ids(tokens.organisation(org), f"?external_id={waiting['external_id']}") == [waiting["id"]]
    assert await ids(tokens.organisation(other), f"?organisation_id={org}") == []
    async with jobs.client(tokens.organisation(other)) as client:
        assert (await client.get(f"/jobs/v1/postings/{open_['id']}")).status_code == 404
        assert (await client.post(f"/jobs/v1/postings/{open_['id']}/close")).status_code == 404
        assert (await client.get("/jobs/v1/postings?colour=red")).status_code == 422


async def test_a_published_posting_is_paused_edited_closed_and_expires(jobs: ServiceUnderTest) -> None:
    org = await filed_organisation(jobs)
    made = await published(jobs, org, external_id="A", valid_through="2018-07-01")
    async with jobs.client(tokens.organisation(org)) as client:
        path = f"/jobs/v1/postings/{made['id']}"
        assert (await client.post(f"{path}/pause")).json()["status"] == "paused"
        assert (await client.post(f"{path}/pause")).json()["status"] == "paused"
        assert (await client.post(f"{path}/resume")).json()["status"] == "published"
        more = posting(external_id="A", valid_through="2018-07-02", headcount=9)
        assert (await client.post("/jobs/v1/postings", json=more)).json()["status"] == "published"
        with clock.at(datetime(2018, 7, 2, 23, 59, tzinfo=BEIJING)):
            assert await expire(jobs.runtime) == 0
        with clock.at(datetime(2018, 7, 3, tzinfo=BEIJING)):
            assert await expire(jobs.runtime) == 1
        assert (await client.get(path)).json()["status"] == "expired"
        assert (await client.post(f"{path}/resume")).status_code == 409
        assert (await client.post(f"{path}/close")).json()["status"] == "closed"
        reopened = await client.post("/jobs/v1/postings", json=more | {"title": "装配工"})
        assert reopened.json()["status"] == "in_review"


async def test_only_a_filed_and_active_organisation_posts(jobs: ServiceUnderTest) -> None:
    org = uuid4()
    async with jobs.client(tokens.officer(tokens.COUNTY)) as officer, jobs.client(tokens.organisation(org)) as agency:
        assert (await agency.post("/jobs/v1/postings", json=posting())).status_code == 404
        await officer.put(f"/jobs/v1/organisations/{org}", json=organisation())
        unfiled = await agency.post("/jobs/v1/postings", json=posting())
        assert unfiled.json()["type"].endswith("organisation-not-filed")
        await officer.post(f"/jobs/v1/organisations/{org}/file", json={})
        await officer.post(f"/jobs/v1/organisations/{org}/suspend", json={"reason": "被投诉"})
        assert (await agency.post("/jobs/v1/postings", json=posting())).json()["type"].endswith("suspended")
        await officer.post(f"/jobs/v1/organisations/{org}/resume")
        assert (await agency.post("/jobs/v1/postings", json=posting())).status_code == 201
        assert (await officer.post("/jobs/v1/postings", json=posting())).status_code == 403


async def test_every_change_is_told(jobs: ServiceUnderTest) -> None:
    org = await filed_organisation(jobs)
    made = await published(jobs, org)
    async with jobs.client(tokens.service("reporting")) as client:
        snapshot = (await client.get("/jobs/v1/snapshot")).json()
        following = (await client.get("/jobs/v1/snapshot", params={"page": snapshot["next"]})).json()
    facts = {each["subject"]: each["data"] for page in (snapshot, following) for each in page["events"]}
    assert facts[str(org)]["after"]["filed_region"] == tokens.COUNTY
    assert facts[made["id"]]["after"]["status"] == "published"
    assert facts[made["id"]]["version"] == made["version"] == 2
    assert UUID(facts[made["id"]]["after"]["organisation_id"]) == org
