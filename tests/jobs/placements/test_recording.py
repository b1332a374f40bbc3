"""The spell of a hire comes to be in the registry exactly once, whatever dies or is away in between."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.jobs.placements import steps, tasks
from services.jobs.postings import service as postings
from shared.errors import Unavailable
from tests.factories.jobs import HIRE, filed_organisation, person, published, referral
from tests.fixtures import tokens
from tests.fixtures.platform import ServiceUnderTest
from tests.jobs.placements.registry_stand_in import stand_in

pytestmark = pytest.mark.anyio


class Killed(Exception):
    """The worker dies here."""


async def hired(jobs: ServiceUnderTest, headcount: int = 1) -> tuple[UUID, UUID, str]:
    org = await filed_organisation(jobs)
    made = await published(jobs, org, headcount=headcount)
    placement = await referral(jobs, await person(jobs), made["id"])
    await report(jobs, org, placement, "hire", **HIRE)
    return org, placement, made["id"]


async def report(jobs: ServiceUnderTest, org: UUID, placement: UUID, name: str, **body: Any) -> dict[str, Any]:
    async with jobs.client(tokens.organisation(org)) as client:
        answer = await client.post(f"/jobs/v1/placements/{placement}/{name}", json=body)
    assert answer.status_code in (200, 201), answer.text
    return dict(answer.json())


async def shown(jobs: ServiceUnderTest, org: UUID, placement: UUID) -> dict[str, Any]:
    async with jobs.client(tokens.organisation(org)) as client:
        return dict((await client.get(f"/jobs/v1/referrals/{placement}")).json())


async def test_the_worker_tells_the_registry_each_state(jobs: ServiceUnderTest) -> None:
    registry = stand_in(jobs)
    org, placement, _ = await hired(jobs)
    await jobs.run_jobs()
    assert (await shown(jobs, org, placement))["registry_state"] == "recorded"
    state = registry.spells[str(placement)]["state"]
    assert (state["started_on"], state["ended_on"], state["monthly_wage"]) == ("2018-03-20", None, "5200.00")
    assert (state["kind"], state["channel"], state["organised"], state["insured"]) == ("unit", "placement", True, True)
    went_on = {"performed_until": "2018-06-20", "contract_signed": False, "insured": False}
    await report(jobs, org, placement, "follow-ups", **went_on)
    await report(jobs, org, placement, "end", ended_on="2018-06-28", reason="合同到期")
    await jobs.run_jobs()
    spell = registry.spells[str(placement)]
    assert (spell["state"]["ended_on"], spell["state"]["end_reason"]) == ("2018-06-28", "合同到期")
    assert (spell["state"]["insured"], spell["state"]["contract_to"]) == (False, None)
    assert (await shown(jobs, org, placement))["registry_state"] == "recorded"


async def test_a_worker_that_dies_after_the_call_leaves_one_spell(
    jobs: ServiceUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry = stand_in(jobs)
    org, placement, _ = await hired(jobs)

    async def die(*_: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(steps, "note_recorded", die)
        with pytest.raises(Killed):
            await tasks.record_spell(jobs.runtime, str(placement))
    assert (await shown(jobs, org, placement))["registry_state"] == "pending"
    first = registry.spells[str(placement)]
    await jobs.run_jobs()
    assert registry.calls == 2
    assert registry.spells == {str(placement): first}
    assert (await shown(jobs, org, placement))["registry_state"] == "recorded"
    await tasks.record_spell(jobs.runtime, str(placement))
    assert registry.calls == 2, "what is recorded is not told again"


async def test_a_worker_that_dies_while_noting_leaves_no_half(
    jobs: ServiceUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(jobs).refusal = (409, "already-employed")
    org, placement, _ = await hired(jobs)

    async def die(*_: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(postings, "give_vacancy_back", die)
        with pytest.raises(Killed):
            await tasks.record_spell(jobs.runtime, str(placement))
    seen = await shown(jobs, org, placement)
    assert (seen["status"], seen["registry_state"], seen["refusal"]) == ("hired", "pending", None)
    await jobs.run_jobs()
    assert (await shown(jobs, org, placement))["status"] == "hire_refused"


async def test_a_refusal_undoes_the_hire_and_says_why(jobs: ServiceUnderTest) -> None:
    registry = stand_in(jobs)
    registry.refusal = (409, "already-employed")
    org, placement, posting = await hired(jobs)
    await jobs.run_jobs()
    seen = await shown(jobs, org, placement)
    assert (seen["status"], seen["registry_state"]) == ("hire_refused", "refused")
    assert seen["refusal"] == {"code": "already-employed", "detail": "登记服务不同意"}
    async with jobs.client(tokens.officer(tokens.VILLAGE)) as client:
        assert (await client.get(f"/jobs/v1/placements/{placement}")).json()["refusal"] == seen["refusal"]
        reopened = (await client.get(f"/jobs/v1/postings/{posting}")).json()
        someone = (await client.get(f"/jobs/v1/placements/{placement}")).json()["person_id"]
    assert (reopened["status"], reopened["filled"]) == ("published", 0)
    registry.refusal = None
    again = await referral(jobs, UUID(someone), posting)
    await report(jobs, org, again, "hire", **HIRE)
    await jobs.run_jobs()
    assert list(registry.spells) == [str(again)]


async def test_a_later_state_that_is_refused_is_shown_and_the_hire_stays(jobs: ServiceUnderTest) -> None:
    registry = stand_in(jobs)
    org, placement, posting = await hired(jobs)
    await jobs.run_jobs()
    registry.refusal = (422, "invalid")
    await report(jobs, org, placement, "end", ended_on="2018-06-28", reason="合同到期")
    await jobs.run_jobs()
    seen = await shown(jobs, org, placement)
    assert (seen["status"], seen["registry_state"], seen["refusal"]["code"]) == ("ended", "refused", "invalid")
    async with jobs.client(tokens.organisation(org)) as client:
        assert (await client.get(f"/jobs/v1/postings/{posting}")).json()["filled"] == 1


async def test_a_registry_that_is_away_is_told_when_it_is_back(jobs: ServiceUnderTest) -> None:
    registry = stand_in(jobs)
    registry.away = True
    org, placement, _ = await hired(jobs)
    with pytest.raises(Unavailable):
        await tasks.record_spell(jobs.runtime, str(placement))
    assert (await shown(jobs, org, placement))["registry_state"] == "pending"
    registry.away = False
    assert await tasks.resume(jobs.runtime) == 0, "not yet forgotten"
    assert await tasks.resume(jobs.runtime, timedelta(0)) == 1
    await jobs.run_jobs()
    assert (await shown(jobs, org, placement))["registry_state"] == "recorded"
    assert len(registry.spells) == 1


@pytest.mark.parametrize("status", [401, 403, 429])
async def test_an_answer_about_the_call_is_no_refusal_of_the_matter(jobs: ServiceUnderTest, status: int) -> None:
    stand_in(jobs).refusal = (status, "forbidden")
    org, placement, _ = await hired(jobs)
    with pytest.raises(Exception, match="登记服务不同意"):
        await tasks.record_spell(jobs.runtime, str(placement))
    assert (await shown(jobs, org, placement))["registry_state"] == "pending"


async def test_what_is_reported_during_the_call_is_told_as_well(jobs: ServiceUnderTest) -> None:
    registry = stand_in(jobs)
    org, placement, _ = await hired(jobs)

    async def end() -> None:
        registry.meanwhile = None
        await report(jobs, org, placement, "end", ended_on="2018-06-28", reason="合同到期")

    registry.meanwhile = end
    await tasks.record_spell(jobs.runtime, str(placement))
    assert (await shown(jobs, org, placement))["registry_state"] == "pending"
    await jobs.run_jobs()
    assert registry.spells[str(placement)]["state"]["ended_on"] == "2018-06-28"
    assert (await shown(jobs, org, placement))["registry_state"] == "recorded"
