"""Organisations through the API."""

from uuid import uuid4

import pytest

from services.jobs.organisations import uscc
from tests.factories.jobs import filed_organisation, organisation
from tests.fixtures import tokens
from tests.fixtures.platform import ServiceUnderTest

pytestmark = pytest.mark.anyio

COUNTY = tokens.officer(tokens.COUNTY)
NEIGHBOUR = tokens.officer(tokens.NEIGHBOUR_COUNTY)
GENUINE = "91350100M000100Y43"  # the example of GB 32100-2015, annex


def test_the_check_character_is_that_of_the_standard() -> None:
    assert uscc.has_form(GENUINE)
    assert not uscc.check_fails(GENUINE)
    assert uscc.check_fails(GENUINE[:-1] + "5")
    assert not uscc.has_form("91350100I000100Y43")
    assert not uscc.has_form("\uff19" + GENUINE[1:])


async def test_putting_the_same_organisation_again_changes_nothing(jobs: ServiceUnderTest) -> None:
    path = f"/jobs/v1/organisations/{uuid4()}"
    async with jobs.client(COUNTY) as client:
        first = await client.put(path, json=organisation())
        again = await client.put(path, json=organisation())
        assert (first.status_code, again.status_code) == (201, 200)
        assert first.json() == again.json()
        other = organisation(contact_phone="0873-6120000")
        assert (await client.put(path, json=other)).status_code == 428
        assert (await client.put(path, json=other, headers={"If-Match": '"7"'})).status_code == 412
        corrected = await client.put(path, json=other, headers={"If-Match": again.headers["etag"]})
    assert (corrected.status_code, corrected.json()["version"]) == (200, 2)


@pytest.mark.rule("S003-S1b")
async def test_the_county_files_or_refuses_and_a_new_name_must_be_filed_again(jobs: ServiceUnderTest) -> None:
    path = f"/jobs/v1/organisations/{uuid4()}"
    async with jobs.client(COUNTY) as client:
        assert (await client.put(path, json=organisation())).json()["filed"] is False
        assert (await client.post(f"{path}/file", json={"decision": "refuse"})).status_code == 422
        refused = await client.post(f"{path}/file", json={"decision": "refuse", "reason": "许可证已过期"})
        assert (refused.json()["filed"], refused.json()["refusal"]) == (False, "许可证已过期")
        filed = (await client.post(f"{path}/file", json={})).json()
        assert (filed["filed"], filed["filed_region"], filed["filed_on"]) == (True, tokens.COUNTY, "2018-06-28")
        assert (await client.post(f"{path}/file", json={})).json()["version"] == filed["version"]
        renamed = await client.put(
            path, json=organisation(name="另一名称"), headers={"If-Match": f'"{filed["version"]}"'}
        )
    assert renamed.json()["filed"] is False


async def test_each_county_answers_for_its_own(jobs: ServiceUnderTest) -> None:
    org = await filed_organisation(jobs)
    path = f"/jobs/v1/organisations/{org}"
    async with jobs.client(NEIGHBOUR) as client:
        assert (await client.get(path)).status_code == 200
        assert (await client.post(f"{path}/file", json={})).status_code == 403
        assert (await client.post(f"{path}/suspend", json={"reason": "投诉"})).status_code == 403
        assert (await client.put(f"/jobs/v1/organisations/{uuid4()}", json=organisation())).status_code == 403
        assert (await client.get("/jobs/v1/organisations")).json()["items"] == []
        asked = await client.get("/jobs/v1/organisations", params={"region": tokens.COUNTY, "filed": True})
        assert [each["id"] for each in asked.json()["items"]] == [str(org)]
        assert (await client.get("/jobs/v1/organisations?colour=red")).status_code == 422
        assert (await client.get("/jobs/v1/organisations?cursor=WyJ4Il0")).status_code == 422
    async with jobs.client(tokens.officer(tokens.VILLAGE)) as client:
        assert (await client.put(path, json=organisation())).status_code == 403
    async with jobs.client(tokens.organisation(uuid4())) as client:
        assert (await client.get(path)).status_code == 404


async def test_an_odd_social_credit_code_is_remarked_upon_and_one_code_registers_once(jobs: ServiceUnderTest) -> None:
    odd = GENUINE[:-1] + "5"
    async with jobs.client(COUNTY) as client:
        made = await client.post("/jobs/v1/organisations", json=organisation(uscc=odd))
        assert made.status_code == 201
        assert [each["code"] for each in made.json()["warnings"]] == ["uscc_check"]
        taken = await client.post("/jobs/v1/organisations", json=organisation(uscc=odd))
        assert (taken.status_code, taken.json()["type"].rsplit("/", 1)[1]) == (409, "organisation-exists")
        short = await client.post("/jobs/v1/organisations", json=organisation(uscc="123", region="5325"))
    assert {each["pointer"] for each in short.json()["errors"]} == {"/uscc", "/region"}
