"""What one person and one payment add: pure functions, checked by example and against a plain recount."""

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.reporting.indicators.model import RECORDS, Source, catalogue
from services.reporting.projections import contributions
from services.reporting.projections.contributions import Contributions, Life
from services.reporting.projections.facts import read
from services.reporting.projections.stored import counted, counted_json, entries, history, versions_json
from services.reporting.projections.timeline import Entry, canonical
from shared.feed import Event
from tests.factories import reporting as make
from tests.reporting.recount import FLOWS, MONEY, STOCKS, Recount

ANNA = UUID(int=1)
JOB, OTHER_JOB = UUID(int=11), UUID(int=12)
HOME, NEXT, OTHER_TOWNSHIP, OTHER_COUNTY = make.VILLAGE, make.NEXT_VILLAGE, make.OTHER_TOWNSHIP, make.OTHER_COUNTY


def life(events: Iterable[Event]) -> Life:
    """One person's history as the tables would hand it back."""
    timelines: dict[tuple[str, UUID], list[Entry[dict[str, object]]]] = {}
    for event in events:
        version = read(Source(event.type), make.envelope(event))
        key = event.type, event.subject
        timelines[key] = canonical([*timelines.get(key, []), Entry(version.number, version.since, version.state)])
    found = history((kind, orjson.loads(versions_json(timeline))) for (kind, _), timeline in timelines.items())
    person = found.get(Source.PERSON, [[]])[0]
    return Life(person, {source: each for source, each in found.items() if source in RECORDS})


def count(*events: Event) -> Contributions:
    return contributions.of_person(life(events), catalogue().values())


def value(counts: Contributions, indicator: str, region: str, year: int, month: int) -> int:
    """A figure as reporting sums it."""
    last, january = date(year, month, 1), date(year, 1, 1)
    return sum(
        number
        for key, number in counts.items()
        if key.indicator == indicator
        and key.region.startswith(region)
        and key.month <= last
        and (key.lasting or key.month >= january)
    )


def test_a_person_is_a_stock_from_the_month_of_registration_on() -> None:
    counts = count(make.person(ANNA, "2018-02-10"))
    assert [value(counts, "registered_people", HOME, *month) for month in ((2018, 1), (2018, 2), (2020, 7))] == [
        0,
        1,
        1,
    ]
    assert value(counts, "unemployed_people", HOME, 2018, 2) == 1
    assert value(counts, "employed_people", HOME, 2018, 2) == 0


@pytest.mark.parametrize("changes", [{"base": "ordinary"}, {"base": "other"}, {"alive": False, "status": "deceased"}])
def test_only_the_living_of_registered_poor_households_count(changes: dict[str, Any]) -> None:
    assert not count(make.person(ANNA, "2018-02-10", **changes), make.spell(JOB, ANNA, "2018-03-05"))


@pytest.mark.rule("S003-D3")
def test_work_outside_the_province_counts_once_a_year_from_the_month_it_began() -> None:
    counts = count(
        make.person(ANNA, "2018-02-10"),
        make.spell(JOB, ANNA, "2018-03-05", ended_on=make.day("2018-04-30")),
        make.spell(OTHER_JOB, ANNA, "2018-06-01", ended_on=make.day("2018-06-20")),
    )
    months = [value(counts, "outside_province_people", HOME, 2018, month) for month in range(1, 13)]
    assert months == [0, 0, *[1] * 10]
    assert value(counts, "outside_province_people", HOME, 2019, 12) == 0
    employed = [value(counts, "employed_people", HOME, 2018, month) for month in range(1, 8)]
    assert employed == [0, 0, 1, 1, 0, 0, 0]


def test_the_last_day_of_work_is_worked() -> None:
    counts = count(
        make.person(ANNA, "2018-02-10"), make.spell(JOB, ANNA, "2018-03-05", ended_on=make.day("2018-04-30"))
    )
    assert [value(counts, "employed_people", HOME, 2018, month) for month in (3, 4, 5)] == [1, 1, 0]


def test_an_open_spell_counts_in_each_new_year_without_another_event() -> None:
    counts = count(make.person(ANNA, "2018-02-10"), make.spell(JOB, ANNA, "2018-03-05"))
    for year in (2018, 2019, 2025):
        assert value(counts, "outside_province_people", HOME, year, 12) == 1
    assert value(counts, "outside_province_people", HOME, 2019, 1) == 1


def test_a_move_takes_stocks_along_and_leaves_the_years_flows() -> None:
    counts = count(
        make.person(ANNA, "2018-02-10"),
        make.spell(JOB, ANNA, "2018-03-05"),
        make.person(ANNA, "2018-05-20", version=2, village=OTHER_COUNTY, registered_on=make.day("2018-02-10")),
        make.spell(JOB, ANNA, "2018-05-20", version=2, village=OTHER_COUNTY, started_on=make.day("2018-03-05")),
    )
    for stock in ("registered_people", "employed_people", "contract_signed_people", "insured_people"):
        assert [value(counts, stock, HOME, 2018, month) for month in (4, 5, 6)] == [1, 0, 0], stock
        assert [value(counts, stock, OTHER_COUNTY, 2018, month) for month in (4, 5, 6)] == [0, 1, 1], stock
    flow = "outside_province_people"
    assert (value(counts, flow, HOME, 2018, 12), value(counts, flow, OTHER_COUNTY, 2018, 12)) == (1, 0)
    assert (value(counts, flow, HOME, 2019, 1), value(counts, flow, OTHER_COUNTY, 2019, 1)) == (0, 1)
    assert value(counts, flow, "53", 2018, 12) == value(counts, flow, "53", 2019, 12) == 1


def test_a_corrected_place_of_work_was_always_there_but_a_move_is_not_a_correction() -> None:
    begun = make.day("2018-03-05")
    corrected = count(
        make.person(ANNA, "2018-02-10"),
        make.spell(JOB, ANNA, "2018-03-05", transfer="outside_county"),
        make.spell(JOB, ANNA, "2018-06-01", version=2, started_on=begun, transfer="outside_province"),
    )
    assert value(corrected, "outside_county_people", HOME, 2018, 12) == 0
    assert value(corrected, "outside_province_people", HOME, 2018, 3) == 1
    moved = count(
        make.person(ANNA, "2018-02-10"),
        make.spell(JOB, ANNA, "2018-03-05", transfer="outside_county"),
        make.person(ANNA, "2018-06-01", version=2, village=OTHER_COUNTY, registered_on=make.day("2018-02-10")),
        make.spell(
            JOB, ANNA, "2018-06-01", version=2, village=OTHER_COUNTY, started_on=begun, transfer="within_county"
        ),
    )
    assert value(moved, "outside_county_people", HOME, 2018, 12) == 1
    assert value(moved, "local_employment_people", OTHER_COUNTY, 2018, 12) == 1


def test_insurance_that_begins_later_does_not_reach_back() -> None:
    counts = count(
        make.person(ANNA, "2018-02-10"),
        make.spell(JOB, ANNA, "2018-03-05", insured=False),
        make.spell(JOB, ANNA, "2018-05-02", version=2, started_on=make.day("2018-03-05")),
    )
    assert [value(counts, "insured_people", HOME, 2018, month) for month in (3, 4, 5)] == [0, 0, 1]


def test_work_known_late_counts_when_it_was_and_work_before_registration_when_registered() -> None:
    counts = count(
        make.person(ANNA, "2018-05-10"),
        make.spell(JOB, ANNA, "2018-05-10", started_on=make.day("2018-01-03"), ended_on=make.day("2018-04-30")),
    )
    assert [value(counts, "outside_province_people", HOME, 2018, month) for month in (4, 5)] == [0, 1]
    assert value(counts, "employed_people", HOME, 2018, 5) == 0


@pytest.mark.parametrize(
    ("kind", "transfer", "column"),
    [
        ("unit", "within_county", "local_employment_people"),
        ("flexible", "within_county", "local_employment_people"),
        ("public_post", "within_county", "local_employment_people"),
        ("public_post", None, "local_employment_people"),
        ("self_employed", "within_county", "local_startup_people"),
        ("unit", "outside_county", "outside_county_people"),
        ("self_employed", "outside_province", "outside_province_people"),
        ("own_farm", None, None),
        ("unit", None, None),
    ],
)
def test_each_kind_of_work_has_its_column(kind: str, transfer: str | None, column: str | None) -> None:
    counts = count(make.person(ANNA, "2018-02-10"), make.spell(JOB, ANNA, "2018-03-05", kind=kind, transfer=transfer))
    columns = ("local_employment_people", "local_startup_people", "outside_county_people", "outside_province_people")
    assert [each for each in columns if value(counts, each, HOME, 2018, 3)] == ([column] if column else [])
    assert value(counts, "employed_people", HOME, 2018, 3) == 1


def test_a_deleted_spell_never_was_and_a_deleted_person_leaves_on_the_day() -> None:
    events = [make.person(ANNA, "2018-02-10"), make.spell(JOB, ANNA, "2018-03-05")]
    without = count(events[0])
    assert count(*events, make.spell(JOB, ANNA, "2018-06-01", version=2, gone=True)) == without
    gone = count(*events, make.person(ANNA, "2018-06-01", version=2, gone=True))
    assert [value(gone, "registered_people", HOME, 2018, month) for month in (5, 6)] == [1, 0]


def test_nothing_is_added_before_the_person_is_known() -> None:
    assert not count(make.spell(JOB, ANNA, "2018-03-05"), make.enrolment(OTHER_JOB, ANNA, "2018-03-05"))


@pytest.mark.parametrize(
    ("kind", "column", "after"),
    [
        ("skill", "skill_training_people", 1),
        ("special_skill", "special_skill_training_people", 1),
        ("startup", "startup_training_people", 1),
        ("technical_school", "technical_school_people", 0),
    ],
)
def test_training_is_a_flow_and_school_a_stock(kind: str, column: str, after: int) -> None:
    counts = count(
        make.person(ANNA, "2018-02-10"),
        make.enrolment(JOB, ANNA, "2018-03-05", kind=kind, ended_on=make.day("2018-04-30")),
    )
    assert [value(counts, column, HOME, 2018, month) for month in (2, 3, 4, 5)] == [0, 1, 1, after]


def paid(*events: Event) -> Contributions:
    timeline = [read(Source.PAYMENT, make.envelope(event)) for event in events]
    found = canonical([Entry(each.number, each.since, each.state) for each in timeline])
    typed = history([(Source.PAYMENT.value, orjson.loads(versions_json(found)))])[Source.PAYMENT][0]
    return contributions.of_payment(typed, catalogue().values())


@pytest.mark.rule("S003-D3", "S003-S3", "S003-S4", "S003-S5")
@pytest.mark.parametrize("column", MONEY)
def test_money_counts_in_its_column_in_the_month_of_the_banks_date_to_the_years_end(column: str) -> None:
    benefit, transfer = MONEY[column]
    counts = paid(make.payment(JOB, "2018-04-17", benefit=benefit, transfer=transfer, amount_fen=26_850))
    months = ((2018, 3), (2018, 4), (2018, 12), (2019, 1))
    assert [value(counts, column, HOME, *month) for month in months] == [0, 26_850, 26_850, 0]
    assert {key.indicator for key in counts} == {column}


def test_travel_within_the_province_is_counted_when_somebody_pays_it() -> None:
    counts = paid(make.payment(JOB, "2018-04-17", benefit="travel_subsidy", transfer="outside_county"))
    assert value(counts, "outside_county_travel_paid", HOME, 2018, 6) == 30_000


@pytest.mark.parametrize("state", ["rejected", "refunded"])
def test_what_came_back_is_not_paid(state: str) -> None:
    assert not paid(
        make.payment(JOB, "2018-04-17"), make.payment(JOB, "2018-05-02", version=2, state=state, paid_on=None)
    )


# --- any order, any number of times ---

_FIRST = date(2017, 11, 1)
_dates = st.integers(0, 500).map(lambda days: (_FIRST + timedelta(days=days)).isoformat())
_villages = st.sampled_from([HOME, NEXT, OTHER_TOWNSHIP, OTHER_COUNTY])


@st.composite
def _people(draw: st.DrawFn, subject: UUID) -> list[Event]:
    events: list[Event] = [
        make.person(
            subject,
            draw(_dates),
            version=version,
            village=draw(_villages),
            registered_on=make.day(draw(_dates)),
            alive=draw(st.sampled_from([True, True, True, False])),
            base=draw(st.sampled_from(["poverty_alleviated", "poverty_alleviated", "ordinary"])),
        )
        for version in range(1, draw(st.integers(1, 4)) + 1)
    ]
    if draw(st.integers(0, 5)) == 0:
        events.append(make.person(subject, draw(_dates), version=len(events) + 1, gone=True))
    return events


@st.composite
def _records(draw: st.DrawFn, subject: UUID, of: UUID) -> list[Event]:
    events: list[Event] = []
    for version in range(1, draw(st.integers(1, 3)) + 1):
        dates = sorted([draw(_dates), draw(_dates)])
        spanned: dict[str, Any] = {
            "started_on": make.day(dates[0]),
            "ended_on": draw(st.sampled_from([None, make.day(dates[1])])),
        }
        if subject.int % 2:
            events.append(
                make.spell(
                    subject,
                    of,
                    draw(_dates),
                    version=version,
                    village=draw(_villages),
                    kind=draw(st.sampled_from(["unit", "self_employed", "public_post", "own_farm"])),
                    transfer=draw(st.sampled_from(["within_county", "outside_county", "outside_province", None])),
                    contract_signed=draw(st.booleans()),
                    insured=draw(st.booleans()),
                    **spanned,
                )
            )
        else:
            kind = draw(st.sampled_from(["skill", "startup", "technical_school"]))
            events.append(
                make.enrolment(
                    subject, of, draw(_dates), version=version, village=draw(_villages), kind=kind, **spanned
                )
            )
    if draw(st.integers(0, 4)) == 0 and subject.int % 2:
        events.append(make.spell(subject, of, draw(_dates), version=len(events) + 1, gone=True))
    return events


@st.composite
def _histories(draw: st.DrawFn) -> list[Event]:
    events: list[Event] = [*draw(_people(ANNA))]
    for number in range(draw(st.integers(0, 3))):
        events += draw(_records(UUID(int=100 + number), ANNA))
    return events


def _delivered(events: Sequence[Event], order: random.Random) -> list[Event]:
    """Each at least once, some again, in any order."""
    delivered = [*events, *order.choices(events, k=len(events) // 2)]
    order.shuffle(delivered)
    return delivered


def _incrementally(events: Sequence[Event]) -> Contributions:
    """As the projections do it: after each event, add only what changed against what was stored as counted."""
    total, stored = Contributions(), Contributions()
    for number in range(1, len(events) + 1):
        now = count(*events[:number])
        total.update(contributions.difference(stored, now))
        stored = counted(orjson.loads(counted_json(now)))
    return Contributions({key: number for key, number in total.items() if number})


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_histories(), st.randoms(use_true_random=False))
def test_shuffled_repeated_late_and_corrected_events_come_to_a_plain_recount(
    events: list[Event], order: random.Random
) -> None:
    counts = _incrementally(_delivered(events, order))
    assert counts == count(*events)
    plain = Recount(events)
    for region in (HOME, OTHER_TOWNSHIP, "532504100", "532504", "5325", "53"):
        for year, month in ((2017, 12), (2018, 1), (2018, 6), (2018, 12), (2019, 3)):
            for indicator in (*STOCKS, *FLOWS):
                found = value(counts, indicator, region, year, month)
                assert found == plain.cell(indicator, region, year, month), (indicator, region, year, month)


@given(st.lists(st.tuples(st.integers(1, 6), st.integers(0, 40)), max_size=12), st.randoms(use_true_random=False))
def test_a_timeline_is_the_same_in_any_order_and_its_versions_rise(
    given_versions: list[tuple[int, int]], order: random.Random
) -> None:
    unique = {number: Entry(number, _FIRST + timedelta(days=days), number) for number, days in given_versions}
    delivered = _shuffled([*unique.values(), *unique.values()], order)
    timeline: list[Entry[int]] = []
    for entry in delivered:
        timeline = canonical([*timeline, entry])
    assert timeline == canonical(unique.values())
    for before, after in pairwise(timeline):
        assert before.number < after.number
        assert before.since < after.since


def _shuffled(given_entries: list[Entry[int]], order: random.Random) -> list[Entry[int]]:
    order.shuffle(given_entries)
    return given_entries


def test_versions_survive_storage() -> None:
    timeline = [Entry(1, make.day("2018-01-01"), {"a": 1}), Entry(2, make.day("2018-02-01"), None)]
    assert entries(orjson.loads(versions_json(timeline))) == timeline
    assert Counter() == counted(orjson.loads(counted_json(Contributions())))
