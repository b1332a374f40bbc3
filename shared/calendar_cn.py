"""Days and months as Chinese offices count them: working days, deadlines, whole months.

Holidays and make-up working days (调休) are the State Council's yearly notices, as `chinesecalendar` carries them. A
year it does not know yet counts weekdays; whatever rests on such a year is marked provisional, to be counted again
once the notice is out.
"""

from calendar import monthrange
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

import chinese_calendar

from shared.clock import BEIJING

_DAY = timedelta(days=1)


class WorkingDay(NamedTuple):
    """Whether a day is worked 是否工作日; provisional when the year's holidays are not announced yet."""

    value: bool
    provisional: bool


class Reckoned(NamedTuple):
    """A day found by counting working days; provisional when one of the counted days is."""

    day: date
    provisional: bool


def is_working_day(day: date) -> WorkingDay:
    try:
        return WorkingDay(bool(chinese_calendar.is_workday(day)), provisional=False)  # type: ignore[no-untyped-call]
    except NotImplementedError:  # the library's word for a year without data
        return WorkingDay(day.weekday() < 5, provisional=True)


def add_working_days(day: date, n: int) -> Reckoned:
    """The n-th working day (工作日) after `day`, which is not itself counted; before it for a negative n."""
    step = _DAY if n > 0 else -_DAY
    left, provisional = abs(n), False
    while left:
        day += step
        working = is_working_day(day)
        provisional = provisional or working.provisional
        left -= working.value
    return Reckoned(day, provisional)


def deadline(day: date) -> datetime:
    """The instant at which "N日前" has passed: day N counts to 24:00 in Beijing. What comes before it is in time."""
    return datetime.combine(day + _DAY, time.min, tzinfo=BEIJING)


def add_months(day: date, n: int) -> date:
    """The corresponding day n months on (对应日), or the month's last day where there is none: 30 Nov + 3 = 28 Feb."""
    year, month = divmod(day.year * 12 + day.month - 1 + n, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def last_day_of_months(start: date, n: int) -> date:
    """The last day of n months that begin with `start` and count it: the eve of the corresponding day.

    Three months from 1 March end on 31 May. Where the month has no corresponding day its last day closes the period
    (as in 民法典 article 202): from 30 November, also from 29 November before a short February, on 28 February.
    """
    end = add_months(start, n)
    return end if end.day < start.day else end - _DAY


def months_performed(start: date, until: date) -> int:
    """Whole months worked from `start` to `until`, both days worked; 0 when `until` comes before."""
    months = max((until.year - start.year) * 12 + until.month - start.month + 1, 0)
    while months and last_day_of_months(start, months) > until:
        months -= 1
    return months
