"""Jobs and the registry together, over HTTP and the feed, as they run."""

from uuid import UUID

import pytest

from tests.factories import registry as make
from tests.factories.jobs import HIRE, filed_organisation, published, referral
from tests.factories.registry_steps import register
from tests.fixtures import tokens
from tests.fixtures.platform import ServiceUnderTest

pytestmark = pytest.mark.anyio


async def test_a_registered_person_is_matched_referred_hired_and_ends_with_one_spell(
    registry: ServiceUnderTest, jobs: ServiceUnderTest
) -> None:
    await make.divisions(registry.runtime.database)
    someone = (await register(registry))["id"]
    await jobs.follow()
    org = await filed_organisation(jobs)
    made = await published(jobs, org)
    async with jobs.client(tokens.officer(tokens.VILLAGE)) as client:
        best = (await client.get(f"/jobs/v1/matches/persons/{someone}")).json()["matches"]
        assert [each["posting"]["id"] for each in best] == [made["id"]]
    placement = await referral(jobs, UUID(someone), made["id"])
    async with jobs.client(tokens.organisation(org)) as client:
        await client.post(f"/jobs/v1/placements/{placement}/hire", json=HIRE)
        await jobs.run_jobs()
        shown = (await client.get(f"/jobs/v1/referrals/{placement}")).json()
        assert (shown["status"], shown["registry_state"], shown["refusal"]) == ("hired", "recorded", None)
        await jobs.follow()
        async with jobs.client(tokens.officer(tokens.VILLAGE)) as officer:
            known = (await officer.get(f"/jobs/v1/matches/persons/{someone}")).json()
        assert known["employed_since"] == "2018-03-20"
        await client.post(f"/jobs/v1/placements/{placement}/end", json={"ended_on": "2018-06-28", "reason": "合同到期"})
        await jobs.run_jobs()
        assert (await client.get(f"/jobs/v1/referrals/{placement}")).json()["registry_state"] == "recorded"
    async with registry.client(tokens.officer(tokens.VILLAGE)) as client:
        spells = (await client.get(f"/registry/v1/persons/{someone}/spells")).json()["items"]
        assert (await client.get(f"/registry/v1/persons/{someone}")).json()["status"] == "unemployed"
    assert [(each["started_on"], each["ended_on"], each["transfer"]) for each in spells] == [
        ("2018-03-20", "2018-06-28", "outside_province")
    ]


async def test_the_registrys_refusal_is_shown_to_who_reported(
    registry: ServiceUnderTest, jobs: ServiceUnderTest
) -> None:
    await make.divisions(registry.runtime.database)
    someone = (await register(registry))["id"]
    await jobs.follow()
    org = await filed_organisation(jobs)
    made = await published(jobs, org)
    placement = await referral(jobs, UUID(someone), made["id"])
    async with registry.client(tokens.officer(tokens.VILLAGE)) as client:
        given = {"kind": "unit", "work_region": "532504", "started_on": "2018-03-01"}
        answer = await client.post(f"/registry/v1/persons/{someone}/spells", json=given)
        assert answer.status_code == 201, answer.text
    async with jobs.client(tokens.organisation(org)) as client:
        await client.post(f"/jobs/v1/placements/{placement}/hire", json=HIRE)
        await jobs.run_jobs()
        shown = (await client.get(f"/jobs/v1/referrals/{placement}")).json()
    assert (shown["status"], shown["refusal"]["code"]) == ("hire_refused", "already-employed")
