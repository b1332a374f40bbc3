"""Matches through the API: against a plain reckoning over everything, in a constant number of statements."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from random import Random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, select, update

from services.jobs.matching.score import Limit, best, limits, score
from services.jobs.matching.weights import weights
from services.jobs.people.models import Person
from services.jobs.postings.models import Posting
from shared import clock
from tests.factories.jobs import PUBLIC_POST, filed_organisation, person, posting, published
from tests.fixtures import tokens
from tests.fixtures.platform import ServiceUnderTest

pytestmark = pytest.mark.anyio

VILLAGE = tokens.officer(tokens.VILLAGE)
SKILLS = ["电焊", "缝纫", "驾驶"]


async def many(jobs: ServiceUnderTest, count: int = 60) -> UUID:
    """Published postings of every kind and place, made from a seed."""
    random = Random(7)
    org = await filed_organisation(jobs)
    items = []
    for number in range(count):
        kind = random.choice(["unit", "workshop", "public_post"])
        wage = random.randrange(1500, 9000)
        items.append(
            posting(
                external_id=f"M{number}",
                kind=kind,
                public_post=PUBLIC_POST if kind == "public_post" else ...,
                work_region=random.choice(["532504", "532504101", "532503", "5325", "53", "530102", "310115", "44"]),
                wage_from=f"{wage}.00",
                wage_to=f"{wage}.00",
                skills=random.sample(SKILLS, random.randrange(3)),
                capacities=random.sample(["skilled", "normal", "weak", "half"], random.randrange(1, 5)),
                min_age=random.choice([16, 18, 31]),
                max_age=random.choice([None, 45, 60]),
            )
        )
    async with jobs.client(tokens.organisation(org)) as client:
        done = await client.post("/jobs/v1/postings/bulk", json={"items": items}, headers={"Idempotency-Key": "m" * 8})
        assert done.json()["refused"] == 0, done.text
    async with jobs.runtime.database.system_session() as session:
        await session.execute(update(Posting).values(status="published", published_on=clock.today()))
    return org


@contextmanager
def counted(jobs: ServiceUnderTest) -> Iterator[list[str]]:
    """The statements that requests send meanwhile."""
    sent: list[str] = []
    engine = jobs.runtime.database.sessions.kw["bind"].sync_engine

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


async def matches(jobs: ServiceUnderTest, path: str, token: str = VILLAGE) -> dict[str, Any]:
    async with jobs.client(token) as client:
        answer = await client.get(f"/jobs/v1/matches/{path}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


@pytest.mark.rule("S004-W5", "S004-W6", "S004-W7")
async def test_the_ten_best_are_those_of_a_plain_reckoning(jobs: ServiceUnderTest) -> None:
    await many(jobs)
    async with jobs.runtime.database.system_session() as session:
        everything = list(await session.scalars(select(Posting)))
    classes = product(["far", "near", "unable", None], [None, "within_county", "outside_county"], ["normal", "weak"])
    for mobility, intent, capacity in classes:
        someone = await person(
            jobs, mobility=mobility, intent_place=intent, labor_capacity=capacity, skills=["缝纫"], wish_wage_fen=400000
        )
        async with jobs.runtime.database.system_session() as session:
            row = (await session.scalars(select(Person).filter_by(person_id=someone))).one()
        fitting = [each for each in everything if not limits(row, each, clock.today())]
        scores = [(score(row, each, weights()), str(each.id)) for each in fitting]
        answer = await matches(jobs, f"persons/{someone}?excluded=true")
        got = [(each["score"], each["posting"]["id"]) for each in answer["matches"]]
        assert got == [(scores[n][0].total, scores[n][1]) for n in best(scores, 10)], (mobility, intent, capacity)
        assert answer["considered"] == len(fitting)
        refused = [limit for each in everything for limit in limits(row, each, clock.today())]
        counts = {each["limit"]: each["postings"] for each in answer["excluded"]}
        assert counts == {limit: refused.count(limit) for limit in Limit}


async def test_reasons_are_words_in_the_callers_language(jobs: ServiceUnderTest) -> None:
    org = await filed_organisation(jobs)
    await published(jobs, org, work_region="532504", skills=["电焊"])
    someone = await person(jobs, mobility="near", skills=["电焊"], wish_wage_fen=700000)
    answer = await matches(jobs, f"persons/{someone}")
    reasons = {each["part"]: each["reason"] for each in answer["matches"][0]["parts"]}
    assert reasons["place"] == "在本县就业"
    assert reasons["skills"] == "具备技能:电焊"
    assert reasons["wage"] == "月工资最高约 6000.00 元,低于期望的 7000.00 元"
    assert answer["measure"].startswith("能外出不能远行")
    async with jobs.client(VILLAGE) as client:
        english = await client.get(f"/jobs/v1/matches/persons/{someone}", headers={"Accept-Language": "en"})
    assert english.json()["matches"][0]["parts"][0]["reason"] == "In the home county"


async def test_people_for_a_posting_are_the_callers_own_and_the_best_of_them(jobs: ServiceUnderTest) -> None:
    org = await filed_organisation(jobs)
    made = await published(jobs, org, work_region="532504", skills=["电焊"], max_age=45)
    able = await person(jobs, skills=["电焊"])
    plain = await person(jobs, base="ordinary")
    neighbour = await person(jobs, tokens.NEIGHBOUR_VILLAGE, skills=["电焊"])
    for facts in (
        {"status": "employed"},
        {"labor_capacity": "half"},
        {"birth_year": 1960},
        {"birth_year": 2002},
        {"mobility": "unable"},
        {"intent_place": "outside_county"},
        {"alive": False},
    ):
        await person(jobs, **facts)
    seen = await matches(jobs, f"postings/{made['id']}")
    assert [each["person"]["person_id"] for each in seen["matches"]] == [str(able), str(plain)]
    assert seen["considered"] == 2
    county = await matches(jobs, f"postings/{made['id']}", tokens.officer(tokens.COUNTY))
    assert {each["person"]["person_id"] for each in county["matches"]} == {str(able), str(plain), str(neighbour)}
    assert (await matches(jobs, f"postings/{made['id']}", tokens.officer("532503")))["matches"] == []


async def test_people_for_a_posting_agree_with_the_limits(jobs: ServiceUnderTest) -> None:
    await many(jobs, 24)
    for mobility, intent in product(["far", "near", "unable", None], [None, "within_county", "outside_county"]):
        for capacity, born in (("normal", 1987), ("half", 1970)):
            await person(jobs, mobility=mobility, intent_place=intent, labor_capacity=capacity, birth_year=born)
    async with jobs.runtime.database.system_session() as session:
        everybody = list(await session.scalars(select(Person)))
        everything = list(await session.scalars(select(Posting)))
    for each in everything:
        fitting = [who for who in everybody if not limits(who, each, clock.today())]
        answer = await matches(jobs, f"postings/{each.id}")
        assert answer["considered"] == len(fitting), (each.kind, each.work_region)


async def test_a_suspended_organisations_postings_are_not_matched(jobs: ServiceUnderTest) -> None:
    org = await filed_organisation(jobs)
    made = await published(jobs, org)
    someone = await person(jobs)
    assert len((await matches(jobs, f"persons/{someone}"))["matches"]) == 1
    async with jobs.client(tokens.officer(tokens.COUNTY)) as client:
        await client.post(f"/jobs/v1/organisations/{org}/suspend", json={"reason": "被投诉"})
        assert (await client.get(f"/jobs/v1/matches/postings/{made['id']}")).status_code == 409
    assert (await matches(jobs, f"persons/{someone}"))["matches"] == []


async def test_other_regions_people_are_not_matched(jobs: ServiceUnderTest) -> None:
    someone = await person(jobs, tokens.NEIGHBOUR_VILLAGE)
    dead = await person(jobs, alive=False)
    async with jobs.client(VILLAGE) as client:
        assert (await client.get(f"/jobs/v1/matches/persons/{someone}")).status_code == 404
        assert (await client.get(f"/jobs/v1/matches/persons/{dead}")).status_code == 409
    async with jobs.client(tokens.organisation(someone)) as client:
        assert (await client.get(f"/jobs/v1/matches/persons/{someone}")).status_code == 403


@pytest.mark.parametrize("count", [1, 40])
async def test_the_number_of_statements_does_not_grow(jobs: ServiceUnderTest, count: int) -> None:
    org = await many(jobs, count)
    someone = await person(jobs)
    for _ in range(count - 1):
        await person(jobs)
    async with jobs.runtime.database.system_session() as session:
        posting_id = (await session.scalars(select(Posting.id))).first()  # type: ignore[call-overload]
    expected = {
        f"/jobs/v1/matches/persons/{someone}": 2,
        f"/jobs/v1/matches/postings/{posting_id}": 2,
        "/jobs/v1/postings": 1,
        "/jobs/v1/organisations": 1,
        "/jobs/v1/placements": 1,
    }
    async with jobs.client(VILLAGE) as client:
        for path, statements in expected.items():
            with counted(jobs) as sent:
                assert (await client.get(path)).status_code == 200
            assert len(sent) == statements, path
    async with jobs.client(tokens.organisation(org)) as client:
        with counted(jobs) as sent:
            assert (await client.get("/jobs/v1/referrals")).status_code == 200
        assert len(sent) == 1
