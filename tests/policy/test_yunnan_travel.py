"""Article 13: the travel subsidy."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from services.subsidy.policy.evaluate import limit_keys, read_facts
from services.subsidy.policy.facts import FactError
from shared import clock
from tests.policy.samples import TRAVEL, benefit, missing, refused_by, travel, yunnan

PERSON = UUID(int=1)


def keys(ticket_date: date | None) -> list[str]:
    subsidy = benefit("travel_subsidy")
    facts = read_facts(yunnan(), subsidy, TRAVEL | {"ticket_date": ticket_date})
    return [str(key) for key in limit_keys(subsidy, facts, {"person": PERSON})]


@pytest.mark.rule("S003-S2a")
@pytest.mark.parametrize(("fare", "paid"), [(1, 1), (49999, 49999), (50000, 50000), (50001, 50000), (123456, 50000)])
def test_the_fare_up_to_500_yuan(fare: int, paid: int) -> None:
    decision = travel(fare_fen=fare)
    assert (decision.outcome, decision.amount) == ("entitled", paid)
    assert decision.arithmetic is not None
    assert decision.arithmetic.terms == {"fare_fen": fare, "travel_cap": 50000}


@pytest.mark.rule("S003-S2a")
def test_a_fare_of_nothing_is_refused() -> None:
    decision = travel(fare_fen=0)
    assert (decision.outcome, decision.amount, refused_by(decision)) == ("refused", None, ["fare_paid"])


@pytest.mark.rule("S003-S2")
@pytest.mark.parametrize("transfer", ["within_county", "outside_county"])
def test_only_across_the_province(transfer: str) -> None:
    assert refused_by(travel(transfer=transfer)) == ["outside_province"]


@pytest.mark.rule("S003-S2")
@pytest.mark.parametrize("base", ["ordinary", "other"])
def test_only_registered_poor_laborers(base: str) -> None:
    assert refused_by(travel(worker_base=base)) == ["worker_registered_poor"]


def test_the_dead_do_not_claim() -> None:
    assert refused_by(travel(worker_alive=False)) == ["worker_alive"]


@pytest.mark.rule("S003-S2")
def test_once_per_calendar_year_of_the_ticket() -> None:
    assert keys(date(2018, 1, 1)) == keys(date(2018, 12, 31)) == [f"travel_subsidy/person/{PERSON}/2018"]
    assert keys(date(2019, 1, 1)) == [f"travel_subsidy/person/{PERSON}/2019"]
    assert keys(None) == []


@pytest.mark.rule("S003-S2")
def test_the_year_turns_at_midnight_in_beijing() -> None:
    with clock.at(datetime(2018, 12, 31, 15, 59, tzinfo=UTC)):
        assert keys(clock.today()) == [f"travel_subsidy/person/{PERSON}/2018"]
    with clock.at(datetime(2018, 12, 31, 16, 0, tzinfo=UTC)):
        assert keys(clock.today()) == [f"travel_subsidy/person/{PERSON}/2019"]


@pytest.mark.rule("S003-S2a")
def test_the_ticket_is_needed() -> None:
    decision = travel(fare_fen=None, ticket_date=None)
    assert decision.outcome == "incomplete"
    assert missing(decision) == [("fact", "fare_fen"), ("fact", "ticket_date")]


@pytest.mark.parametrize(
    "value",
    [True, "480.00", 480.0, -1, datetime(2018, 3, 1, tzinfo=UTC)],
    ids=["bool", "text", "float", "debt", "time"],
)
def test_a_fare_of_the_wrong_type_is_the_callers_fault(value: object) -> None:
    with pytest.raises(FactError, match="fare_fen"):
        travel(fare_fen=value)


@pytest.mark.parametrize("value", [datetime(2018, 3, 1, tzinfo=UTC), "2018-02-30", "1 March", 20180301, date(1, 1, 1)])
def test_a_ticket_date_is_a_date_and_no_instant(value: object) -> None:
    with pytest.raises(FactError, match="ticket_date"):
        travel(ticket_date=value)


def test_a_word_that_the_pack_does_not_know_is_the_callers_fault() -> None:
    with pytest.raises(FactError, match="transfer"):
        travel(transfer="abroad")


def test_a_fact_that_the_benefit_does_not_ask_for_is_not_kept() -> None:
    assert travel(organised=True) == travel()
