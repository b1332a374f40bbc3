"""Working days, deadlines and months as Chinese offices count them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.calendar_cn import (
    add_months,
    add_working_days,
    deadline,
    is_working_day,
    last_day_of_months,
    months_performed,
)

DAYS = st.dates(date(1990, 1, 1), date(2100, 12, 31))


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2018, 10, 1), False),  # National Day, a Monday
        (date(2018, 9, 29), True),  # a Saturday worked in its place
        (date(2018, 10, 8), True),
        (date(2018, 10, 13), False),
    ],
)
def test_holidays_and_make_up_days_are_known(day: date, working: bool) -> None:
    assert is_working_day(day) == (working, False)


@pytest.mark.parametrize(("day", "working"), [(date(2098, 10, 1), True), (date(2098, 10, 4), False)])
def test_a_year_without_notice_counts_weekdays_provisionally(day: date, working: bool) -> None:
    assert is_working_day(day) == (working, True)


@pytest.mark.rule("S003-D1")
@pytest.mark.parametrize(
    ("eve", "third"),
    [
        (date(2018, 3, 31), date(2018, 4, 4)),
        (date(2018, 6, 30), date(2018, 7, 4)),
        (date(2018, 9, 30), date(2018, 10, 10)),  # the week of National Day lies between
        (date(2018, 12, 31), date(2019, 1, 4)),
    ],
)
def test_the_third_working_day_of_a_quarter(eve: date, third: date) -> None:
    assert add_working_days(eve, 3) == (third, False)


def test_counting_back_and_counting_none() -> None:
    assert add_working_days(date(2018, 10, 8), -1) == (date(2018, 9, 30), False)  # a Sunday, worked
    assert add_working_days(date(2018, 10, 1), 0) == (date(2018, 10, 1), False)


def test_a_count_that_touches_an_unknown_year_is_provisional() -> None:
    assert add_working_days(date(2098, 1, 1), 5).provisional


@given(DAYS, st.integers(1, 15))
def test_the_nth_working_day_has_n_working_days_up_to_it(day: date, n: int) -> None:
    end = add_working_days(day, n).day
    passed = [day + timedelta(days=i) for i in range(1, (end - day).days + 1)]
    assert sum(is_working_day(d).value for d in passed) == n
    assert is_working_day(end).value


def test_a_deadline_day_counts_to_midnight_in_beijing() -> None:
    end = deadline(date(2018, 7, 5))
    assert datetime(2018, 7, 5, 15, 59, 59, tzinfo=UTC) < end
    assert datetime(2018, 7, 5, 16, 0, tzinfo=UTC) == end


@pytest.mark.parametrize(
    ("day", "n", "then"),
    [
        (date(2017, 11, 30), 3, date(2018, 2, 28)),
        (date(2019, 11, 30), 3, date(2020, 2, 29)),
        (date(2018, 1, 31), 1, date(2018, 2, 28)),
        (date(2018, 10, 15), 3, date(2019, 1, 15)),
        (date(2018, 3, 31), -1, date(2018, 2, 28)),
        (date(2020, 2, 29), 12, date(2021, 2, 28)),
        (date(2018, 12, 1), 0, date(2018, 12, 1)),
    ],
)
def test_months_clamp_to_the_last_day(day: date, n: int, then: date) -> None:
    assert add_months(day, n) == then


@pytest.mark.rule("S003-S1a")
@pytest.mark.parametrize(
    ("start", "last"),
    [
        (date(2018, 3, 1), date(2018, 5, 31)),
        (date(2018, 3, 15), date(2018, 6, 14)),
        (date(2018, 3, 31), date(2018, 6, 30)),  # no 31 June
        (date(2017, 11, 28), date(2018, 2, 27)),
        (date(2017, 11, 29), date(2018, 2, 28)),  # no 29 February
        (date(2017, 11, 30), date(2018, 2, 28)),  # no 30 February
        (date(2017, 12, 1), date(2018, 2, 28)),
        (date(2019, 11, 29), date(2020, 2, 28)),  # 29 February exists: its eve
        (date(2019, 11, 30), date(2020, 2, 29)),
    ],
)
def test_three_months_are_complete_on_their_last_day_and_not_before(start: date, last: date) -> None:
    assert last_day_of_months(start, 3) == last
    assert months_performed(start, last) == 3
    assert months_performed(start, last - timedelta(days=1)) == 2


def test_months_performed_before_the_start_are_none() -> None:
    assert months_performed(date(2018, 3, 1), date(2018, 2, 28)) == 0
    assert months_performed(date(2018, 3, 1), date(2017, 1, 1)) == 0
    assert months_performed(date(2018, 3, 1), date(2018, 3, 1)) == 0


@given(DAYS, DAYS)
def test_months_performed_grow_with_time_and_fall_with_a_later_start(start: date, until: date) -> None:
    months = months_performed(start, until)
    assert months >= 0
    assert months_performed(start, until + timedelta(days=1)) >= months
    assert months_performed(start + timedelta(days=1), until) <= months
    if months:
        assert last_day_of_months(start, months) <= until < last_day_of_months(start, months + 1)
