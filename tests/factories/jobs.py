"""Organisations, postings, people and placements of jobs, made as users make them: through the API and the feed."""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from services.jobs.people.source import REGISTRY
from shared import ids
from shared.clock import BEIJING
from shared.feed import Envelope
from tests.fixtures import tokens
from tests.fixtures.platform import ServiceUnderTest

NOON = datetime(2018, 6, 28, 12, tzinfo=BEIJING)
"""The business time of these tests."""
REVIEWER = tokens.officer(tokens.COUNTY, "reviewer", "registrar")


def organisation(**changes: Any) -> dict[str, Any]:
    given = {
        "kind": "agency",
        "name": "弥勒市向阳人力资源有限公司",
        "region": tokens.COUNTY,
        "licence_no": "532504180001",
    }
    return given | changes


def posting(**changes: Any) -> dict[str, Any]:
    given = {
        "external_id": f"P-{uuid4().hex[:12]}",
        "title": "电子装配工",
        "occupation": "电子设备装配工",
        "employer_name": "上海浦东新星电子厂",
        "work_region": "310115",
        "headcount": 3,
        "wage_from": "4500.00",
        "wage_to": "6000.00",
        "requirements": "身体健康,吃苦耐劳,男女不限",
        "valid_through": "2018-12-31",
        "contact_phone": "021-50000000",
        "insurance": ["pension", "injury"],
    }
    return {key: value for key, value in (given | changes).items() if value is not ...}


PUBLIC_POST = {
    "duties": "村庄道路保洁",
    "requirements": "本村脱贫劳动力",
    "pay": "每月 800 元",
    "hours": "每天 4 小时",
    "period": "2018 年 7 月至 12 月",
}


async def filed_organisation(jobs: ServiceUnderTest, **changes: Any) -> UUID:
    """An organisation registered and filed by its county."""
    organisation_id = ids.new_id()
    given = organisation(**changes)
    async with jobs.client(tokens.officer(given["region"])) as client:
        made = await client.put(f"/jobs/v1/organisations/{organisation_id}", json=given)
        assert made.status_code == 201, made.text
        filed = await client.post(f"/jobs/v1/organisations/{organisation_id}/file", json={"decision": "file"})
        assert filed.json()["filed"] is True, filed.text
    return organisation_id


async def submitted(jobs: ServiceUnderTest, org: UUID, **changes: Any) -> dict[str, Any]:
    async with jobs.client(tokens.organisation(org)) as client:
        answer = await client.post("/jobs/v1/postings", json=posting(**changes))
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def published(jobs: ServiceUnderTest, org: UUID, **changes: Any) -> dict[str, Any]:
    """A posting submitted by the organisation and published by its county."""
    made = await submitted(jobs, org, **changes)
    async with jobs.client(tokens.officer(made["region"])) as client:
        answer = await client.post(
            f"/jobs/v1/postings/{made['id']}/review",
            json={"decision": "publish"},
            headers={"If-Match": f'"{made["version"]}"'},
        )
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def person_facts(**changes: Any) -> dict[str, Any]:
    """`after` of a registry.person event."""
    facts = {
        "household_id": str(uuid4()),
        "sex": "female",
        "birth_year": 1988,
        "ethnicity": "YI",
        "education": None,
        "political_status": None,
        "health": None,
        "labor_capacity": "normal",
        "mobility": "far",
        "base": "poverty_alleviated",
        "monitoring": None,
        "status": "unemployed",
        "initial_status": "unemployed",
        "verified": True,
        "alive": True,
        "registered_on": "2018-03-01",
        "transfer": None,
        "intent_place": None,
        "service_needs": [],
        "skills": [],
        "wish_wage_fen": None,
    }
    return facts | changes


def person_data(region: str = tokens.VILLAGE, version: int = 1, **changes: Any) -> dict[str, Any]:
    """`data` of a registry.person event."""
    return {
        "version": version,
        "effective_on": date(2018, 3, 1).isoformat(),
        "county_code": region[:6],
        "region": region,
        "work_region": None,
        "after": person_facts(**changes),
    }


async def told(jobs: ServiceUnderTest, *events: tuple[str, UUID, dict[str, Any]]) -> None:
    """Events of the registry (type, subject, data) applied in order, as the reader of its feed does."""
    async with jobs.runtime.database.system_session() as session:
        for kind, subject, data in events:
            await REGISTRY.handlers[kind](session, envelope(kind, subject, data))


def envelope(kind: str, subject: UUID, data: dict[str, Any]) -> Envelope:
    return Envelope(id=ids.new_id(), source="/registry", type=kind, subject=subject, time=NOON, data=data)


async def person(jobs: ServiceUnderTest, region: str = tokens.VILLAGE, version: int = 1, **facts: Any) -> UUID:
    """A person of whom the registry has told."""
    person_id = ids.new_id()
    await told(jobs, ("registry.person", person_id, person_data(region, version, **facts)))
    return person_id


def spell_data(person_id: UUID, region: str = tokens.VILLAGE, version: int = 1, **changes: Any) -> dict[str, Any]:
    """`data` of a registry.spell event."""
    facts = {
        "person_id": str(person_id),
        "base": "poverty_alleviated",
        "placement_id": None,
        "kind": "unit",
        "started_on": "2018-05-01",
        "ended_on": None,
        "end_reason": None,
        "work_region": "532504",
        "work_place_text": False,
        "transfer": "within_county",
        "organised": False,
        "contract_signed": True,
        "contract_from": None,
        "contract_to": None,
        "insured": False,
        "verified": True,
        "channel": "self",
    }
    return {
        "version": version,
        "effective_on": "2018-05-01",
        "county_code": region[:6],
        "region": region,
        "work_region": "532504",
        "after": facts | changes,
    }


async def referred(jobs: ServiceUnderTest, org: UUID, **changes: Any) -> UUID:
    """A person of the village referred to a new posting of the organisation. Returns the placement's id."""
    made = await published(jobs, org, **changes)
    return await referral(jobs, await person(jobs), made["id"])


async def referral(jobs: ServiceUnderTest, person_id: UUID, posting_id: str) -> UUID:
    async with jobs.client(tokens.officer(tokens.VILLAGE)) as client:
        given = {"person_id": str(person_id), "posting_id": posting_id}
        answer = await client.post("/jobs/v1/placements", json=given)
    assert answer.status_code == 201, answer.text
    return UUID(answer.json()["id"])


HIRE = {
    "hired_on": "2018-03-20",
    "monthly_wage": "5200.00",
    "contract_signed": True,
    "contract_from": "2018-03-20",
    "contract_to": "2019-03-19",
    "insured": True,
}
"""Three months and a week before the business time of these tests."""
