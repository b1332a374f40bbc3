"""What holds for every claim: total, deterministic, monotone, kept whole in its record."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.subsidy.policy.decision import Decision
from services.subsidy.policy.evaluate import evaluate, replay
from services.subsidy.policy.facts import BoolFact, DateFact, Fact, IntFact, TextFact
from services.subsidy.policy.model import Outcome
from tests.policy.samples import benefit, service, travel, yunnan

DATES = st.dates(date(2016, 1, 1), date(2022, 12, 31))


def values(fact: Fact) -> st.SearchStrategy[Any]:
    match fact:
        case BoolFact():
            return st.booleans()
        case IntFact():
            return st.integers(fact.minimum, 100_000)
        case DateFact():
            return DATES
        case TextFact():
            return st.sampled_from(sorted(fact.values))
        case _:
            raise AssertionError(f"no values for {fact.kind}")


@st.composite
def claims(draw: Callable[[st.SearchStrategy[Any]], Any], code: str) -> tuple[dict[str, object], set[str]]:
    """Any facts, each of which may be missing, with any evidence."""
    asked = benefit(code)
    facts = {name: draw(st.none() | values(yunnan().facts[name])) for name in asked.facts}
    proofs = sorted({accepted for proof in asked.evidence for accepted in proof.accepted})
    return facts, draw(st.sets(st.sampled_from(proofs)))


CODES = st.sampled_from(["service_subsidy", "travel_subsidy"])
ANY = CODES.flatmap(lambda code: st.tuples(st.just(code), claims(code)))


def decide(claim: tuple[str, tuple[dict[str, object], set[str]]]) -> Decision:
    code, (facts, evidence) = claim
    return evaluate(yunnan(), benefit(code), facts, evidence=evidence)


@given(ANY)
def test_every_claim_gets_exactly_one_outcome_with_its_reasons(
    claim: tuple[str, tuple[dict[str, object], set[str]]],
) -> None:
    decision = decide(claim)
    refusing = [result for result in decision.conditions if result.truth == "not_held"]
    assert (decision.outcome is Outcome.REFUSED) == bool(refusing)
    assert (decision.outcome is Outcome.ENTITLED) == (decision.amount is not None)
    if decision.outcome is Outcome.ENTITLED:
        assert decision.amount is not None
        assert decision.amount > 0
        assert all(result.truth == "held" for result in decision.conditions)
        assert not decision.missing
    if decision.outcome is Outcome.INCOMPLETE:
        assert decision.missing


@given(ANY)
def test_a_decision_repeats_itself_from_its_stored_record(
    claim: tuple[str, tuple[dict[str, object], set[str]]],
) -> None:
    decision = decide(claim)
    stored = Decision.model_validate_json(decision.model_dump_json())
    assert stored == decision == decide(claim) == replay(yunnan(), stored)


@given(ANY, st.data())
def test_learning_a_missing_fact_never_turns_a_refusal(
    claim: tuple[str, tuple[dict[str, object], set[str]]], data: st.DataObject
) -> None:
    """Missing is unknown: what was refused without a fact is refused whatever the fact turns out to be."""
    code, (facts, evidence) = claim
    before = decide(claim)
    learned = {
        name: data.draw(values(yunnan().facts[name]), label=name) for name, value in facts.items() if value is None
    }
    after = evaluate(yunnan(), benefit(code), facts | learned, evidence=evidence)
    if before.outcome is Outcome.REFUSED:
        assert after.outcome is Outcome.REFUSED
    if before.outcome is Outcome.ENTITLED:
        assert after.outcome is Outcome.ENTITLED
        assert after.amount == before.amount


@pytest.mark.rule("S003-S2a")
@given(st.integers(1, 10**9), st.integers(0, 10**9))
def test_the_travel_amount_grows_with_the_fare_and_never_passes_fare_or_cap(fare: int, more: int) -> None:
    low, high = travel(fare_fen=fare).amount, travel(fare_fen=fare + more).amount
    assert low is not None
    assert high is not None
    assert 0 < low <= high <= 50000
    assert low <= fare


@pytest.mark.rule("S003-S1a")
@given(DATES.filter(lambda day: date(2017, 6, 22) <= day <= date(2020, 12, 31)), DATES, DATES)
def test_working_longer_never_loses_the_service_subsidy(hired_on: date, one: date, other: date) -> None:
    shorter, longer = sorted((one, other))
    if service(hired_on=hired_on, performed_until=shorter).outcome is Outcome.ENTITLED:
        assert service(hired_on=hired_on, performed_until=longer).outcome is Outcome.ENTITLED
