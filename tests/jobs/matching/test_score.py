"""The score by itself: deterministic, monotone, and the limits of the three classes."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.jobs.matching.score import FULL, Limit, best, limits, score, tier
from services.jobs.matching.weights import Weights, weights
from services.jobs.people.models import Person
from services.jobs.postings.models import Posting

TODAY = date(2018, 6, 28)
HOME = "532504100201"
SKILLS = ["电焊", "缝纫", "驾驶", "烹饪"]


def person(**changes: Any) -> Person:
    facts: dict[str, Any] = {
        "county_code": HOME[:6],
        "person_id": uuid4(),
        "region": HOME,
        "version": 1,
        "birth_year": 1988,
        "labor_capacity": "normal",
        "mobility": "far",
        "base": "poverty_alleviated",
        "status": "unemployed",
        "alive": True,
        "verified": True,
        "service_needs": [],
        "skills": [],
    }
    return Person(**facts | changes)


def posting(**changes: Any) -> Posting:
    facts: dict[str, Any] = {
        "id": uuid4(),
        "kind": "unit",
        "work_region": "310115",
        "monthly_fen": 500_000,
        "contract": "labor",
        "insurance": ["injury"],
        "min_age": 16,
        "max_age": None,
        "skills": [],
        "capacities": ["normal", "skilled"],
    }
    return Posting(**facts | changes)


people = st.builds(
    person,
    mobility=st.sampled_from([None, "far", "near", "unable"]),
    intent_place=st.sampled_from([None, "within_county", "outside_county"]),
    labor_capacity=st.sampled_from(["skilled", "normal", "weak", "half"]),
    base=st.sampled_from(["poverty_alleviated", "ordinary"]),
    monitoring=st.sampled_from([None, "unstable"]),
    skills=st.lists(st.sampled_from(SKILLS), unique=True),
    wish_wage_fen=st.none() | st.integers(1, 10**7),
)
jobs = st.builds(
    posting,
    kind=st.sampled_from(["unit", "workshop", "public_post", "part_time"]),
    work_region=st.sampled_from(["532504", "532504100", "532503", "5325", "53", "530102", "310115", "31"]),
    monthly_fen=st.integers(1, 10**8),
    contract=st.sampled_from(["labor", "service", "none"]),
    insurance=st.sampled_from([[], ["injury"]]),
    skills=st.lists(st.sampled_from(SKILLS), unique=True),
    capacities=st.lists(st.sampled_from(["skilled", "normal", "weak", "half"]), unique=True, min_size=1),
)


@given(people, jobs)
def test_a_score_is_whole_bounded_and_always_the_same(who: Person, job: Posting) -> None:
    found = score(who, job, weights())
    assert found == score(who, job, weights())
    assert 0 <= found.total <= FULL
    assert all(0 <= points <= FULL for points in found.parts.values())


@given(people, jobs, st.integers(1, 10**7), st.sampled_from(SKILLS))
def test_a_better_wage_or_one_more_skill_never_lowers_it(who: Person, job: Posting, more: int, skill: str) -> None:
    before = score(who, job, weights()).total
    richer = posting(**job.model_dump() | {"monthly_fen": job.monthly_fen + more})
    abler = person(**who.model_dump() | {"skills": [*who.skills, skill]})
    modest = person(**who.model_dump() | {"wish_wage_fen": max(1, (who.wish_wage_fen or 10**9) - more)})
    assert score(who, richer, weights()).total >= before
    assert score(abler, job, weights()).total >= before
    if who.wish_wage_fen is not None:
        assert score(modest, job, weights()).total >= before


@given(people, jobs)
def test_nearer_is_never_worse_for_who_does_not_want_away(who: Person, job: Posting) -> None:
    stays = person(**who.model_dump() | {"intent_place": "within_county"})
    regions = ("532504100", "532503", "530102", "310115")
    totals = [score(stays, posting(**job.model_dump() | {"work_region": each}), weights()).total for each in regions]
    assert totals == sorted(totals, reverse=True)


@given(st.lists(st.tuples(people, jobs), max_size=20), st.integers(0, 20))
def test_the_order_of_the_question_does_not_change_the_answer(pairs: list[Any], count: int) -> None:
    scores = [(score(who, job, weights()), str(job.id)) for who, job in pairs]
    forwards = [scores[n][1] for n in best(scores, count)]
    backwards = [scores[::-1][n][1] for n in best(scores[::-1], count)]
    assert forwards == backwards


def test_a_place_known_to_the_city_is_no_nearer_than_the_city() -> None:
    places = {"532504": "same_county", "532504101203": "same_county", "5325": "same_city", "53": "same_province"}
    places |= {"532503": "same_city", "530102": "same_province", "310115": "elsewhere", "31": "elsewhere"}
    assert {each: tier(HOME, each) for each in places} == places


@pytest.mark.rule("S004-W5")
def test_who_can_go_far_goes_anywhere_but_where_they_do_not_want() -> None:
    assert limits(person(mobility="far"), posting(), TODAY) == []
    assert limits(person(mobility="far", intent_place="within_county"), posting(), TODAY) == [Limit.INTENT]
    assert limits(person(mobility="far", intent_place="outside_county"), posting(), TODAY) == []
    home = posting(work_region="532504")
    assert limits(person(mobility="far", intent_place="outside_county"), home, TODAY) == [Limit.INTENT]


@pytest.mark.rule("S004-W6")
def test_who_cannot_go_far_stays_in_the_county_or_goes_to_a_workshop() -> None:
    near = person(mobility="near", intent_place="outside_county")
    assert limits(near, posting(work_region="532504101"), TODAY) == []
    assert limits(near, posting(work_region="532503"), TODAY) == [Limit.MOBILITY]
    assert limits(near, posting(work_region="532503", kind="workshop"), TODAY) == []
    assert limits(near, posting(work_region="310115", kind="workshop"), TODAY) == [Limit.MOBILITY]


@pytest.mark.rule("S004-W7")
def test_who_cannot_leave_has_a_public_post_of_the_county() -> None:
    unable = person(mobility="unable")
    assert limits(unable, posting(work_region="532504"), TODAY) == [Limit.MOBILITY]
    assert limits(unable, posting(work_region="532504", kind="public_post"), TODAY) == []
    assert limits(unable, posting(work_region="532503", kind="public_post"), TODAY) == [Limit.MOBILITY]


@pytest.mark.rule("S000-W3")
def test_a_public_post_goes_first_to_weak_laborers_of_poor_households() -> None:
    post = posting(kind="public_post", work_region="532504", capacities=["normal", "weak", "half"])
    weak = score(person(labor_capacity="weak"), post, weights()).total
    strong = score(person(labor_capacity="normal"), post, weights()).total
    ordinary = score(person(labor_capacity="weak", base="ordinary"), post, weights()).total
    assert weak > max(strong, ordinary)


@pytest.mark.parametrize(
    ("born", "least", "most", "fits"),
    [
        (2001, 16, None, True),  # 16 on any day of 2018
        (2002, 16, None, False),  # perhaps still 15
        (1988, 30, None, True),  # perhaps 30 already
        (1988, 31, None, False),
        (1988, 16, 29, True),  # perhaps still 29
        (1988, 16, 28, False),
    ],
)
def test_the_year_of_birth_decides_in_the_persons_favour_but_for_the_legal_age(
    born: int, least: int, most: int | None, fits: bool
) -> None:
    found = limits(person(birth_year=born), posting(min_age=least, max_age=most), TODAY)
    assert found == ([] if fits else [Limit.AGE])


def test_weights_that_do_not_sum_to_a_hundred_do_not_load() -> None:
    data = weights().model_dump()
    data["parts"]["wage"] += 1
    with pytest.raises(ValidationError, match="sum to 100"):
        Weights.model_validate(data)
