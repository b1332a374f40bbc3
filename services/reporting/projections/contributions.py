"""What one subject adds to the figures: pure functions of its full dated history.

A contribution is dated by month and by the village it belongs to, and is of one of two spans. A *lasting* one counts in
every period from its month on; another counts to the end of its year. Every figure is then one sum:

    lasting contributions up to the period's last month  +  the others from January up to that month

A stock is made of lasting ones only: +1 in the month by whose end it holds, -1 in the month by whose end it does not,
both when the person moved between villages. Money counts to the end of its year. A flow of persons has both: who met
it on 1 January already is carried by lasting ones (so that an open spell needs no work each New Year); who meets it
later in the year counts from that month to the year's end, in the village that managed the person on that day.

Facts about a spell. *Which* employment it was (dates, kind, transfer) is as the latest version says, because a changed
one is a correction; but transfer depends on where the person is managed, so versions from before a move stay as they
were. *How it stands* (contract, insurance) may change with time: each day has the version in force on it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby
from typing import NamedTuple

from services.reporting.indicators.model import RECORDS, Indicator, Kind, Source
from services.reporting.projections.facts import Payment, Person, Record
from services.reporting.projections.timeline import Entry, on

_DAY = timedelta(days=1)


class Key(NamedTuple):
    """Where a contribution counts. `month` is the month's first day; only money may be above the villages."""

    indicator: str
    region: str
    month: date
    lasting: bool


Contributions = Counter[Key]


@dataclass(frozen=True)
class Life:
    """All that is known of one person: themselves, and their records by source."""

    person: Sequence[Entry[Person]]
    records: Mapping[Source, Sequence[Sequence[Entry[Record]]]] = field(default_factory=dict)


class _Moment(NamedTuple):
    """A day on which something may have changed, and what held on it."""

    day: date
    person: Person | None
    active: Sequence[tuple[Source, Record]]

    def village(self, indicator: Indicator) -> str | None:
        """The village in which the person belongs to the indicator's population; None outside of it."""
        person = self.person
        if person and person.alive and person.registered_on <= self.day and person.base in indicator.population:
            return person.region
        return None

    def holds(self, indicator: Indicator) -> bool:
        if indicator.source is Source.PERSON:
            return indicator.matches({"employed": any(source is Source.SPELL for source, _ in self.active)})
        return any(source is indicator.source and indicator.matches(dict(record)) for source, record in self.active)


def of_person(life: Life, indicators: Iterable[Indicator]) -> Contributions:
    """What a person adds. Nothing before the register knows them."""
    moments = _moments(life)
    counts = Contributions()
    for indicator in indicators:
        if indicator.source is Source.PAYMENT:
            continue
        _stock(counts, indicator, moments) if indicator.kind is Kind.STOCK else _flow(counts, indicator, moments)
    return _without_zeros(counts)


def of_payment(timeline: Sequence[Entry[Payment]], indicators: Iterable[Indicator]) -> Contributions:
    """What a payment adds: what the bank confirmed, in the month of its date, as the latest version says."""
    counts = Contributions()
    payment = timeline[-1].state if timeline else None
    if payment is not None and payment.state == "paid" and payment.paid_on is not None:
        month = payment.paid_on.replace(day=1)
        for each in indicators:
            if each.source is Source.PAYMENT and each.matches(dict(payment)):
                counts[Key(each.code, payment.region, month, lasting=False)] = payment.amount_fen
    return _without_zeros(counts)


def difference(before: Contributions, after: Contributions) -> Contributions:
    """What has to be added to `before` to make it `after`."""
    change = Contributions(after)
    change.subtract(before)
    return _without_zeros(change)


def _stock(counts: Contributions, indicator: Indicator, moments: Sequence[_Moment]) -> None:
    """The last change of a month decides how the month ends."""
    before: str | None = None
    for month, within in groupby(moments, key=lambda moment: moment.day.replace(day=1)):
        *_, last = within
        now = last.village(indicator) if last.holds(indicator) else None
        _move(counts, indicator, month, before, now)
        before = now


def _flow(counts: Contributions, indicator: Indicator, moments: Sequence[_Moment]) -> None:
    carried: str | None = None
    for year, within in groupby(moments, key=lambda moment: moment.day.year):
        met, village = _first(indicator, within)
        january = date(year, 1, 1)
        now = village if met == january else None
        _move(counts, indicator, january, carried, now)
        if village is not None and met is not None and met != january:
            counts[Key(indicator.code, village, met.replace(day=1), lasting=False)] += 1
        carried = now


def _first(indicator: Indicator, year: Iterator[_Moment]) -> tuple[date | None, str | None]:
    """The first day by which it held this year while the person belonged to the population, and the village then."""
    held = False
    for moment in year:
        held = held or moment.holds(indicator)
        if held and (village := moment.village(indicator)):
            return moment.day, village
    return None, None


def _move(counts: Contributions, indicator: Indicator, month: date, before: str | None, now: str | None) -> None:
    if before == now:
        return
    if before:
        counts[Key(indicator.code, before, month, lasting=True)] -= 1
    if now:
        counts[Key(indicator.code, now, month, lasting=True)] += 1


def _without_zeros(counts: Contributions) -> Contributions:
    return Contributions({key: value for key, value in counts.items() if value})


# --- what held when ---


class _Spanned(NamedTuple):
    """A record with its versions, ready to be asked for a day."""

    source: Source
    latest: Record
    versions: Sequence[Entry[Record]]

    def on(self, day: date) -> Record | None:
        """The record as it stood on a day; None when it did not run."""
        if day < self.latest.started_on or (self.latest.ended_on and day > self.latest.ended_on):
            return None
        standing = on(self.versions, day) or self.latest
        which = self._of_the_same_stay(standing.region)
        return standing.model_copy(update={"kind": which.kind, "transfer": which.transfer})

    def _of_the_same_stay(self, village: str) -> Record:
        """The latest version from when the person was managed in that village."""
        return next(e.state for e in reversed(self.versions) if e.state is not None and e.state.region == village)


def _moments(life: Life) -> list[_Moment]:
    """Every day on which something may change, each first of January between, and the one after the last."""
    records = [
        _Spanned(source, latest, [entry for entry in versions if entry.state is not None])
        for source in sorted(RECORDS)
        for versions in life.records.get(source, ())
        if versions and (latest := versions[-1].state) is not None
    ]
    if not life.person:
        return []
    days = set(_days(life.person, records))
    days |= {date(year, 1, 1) for year in range(min(days).year + 1, max(days).year + 2)}
    return [_moment(day, life.person, records) for day in sorted(days)]


def _days(person: Sequence[Entry[Person]], records: Sequence[_Spanned]) -> Iterator[date]:
    for entry in person:
        yield entry.since
        if entry.state is not None:
            yield entry.state.registered_on
    for record in records:
        yield record.latest.started_on
        if record.latest.ended_on:
            yield record.latest.ended_on + _DAY
        yield from (entry.since for entry in record.versions)


def _moment(day: date, person: Sequence[Entry[Person]], records: Sequence[_Spanned]) -> _Moment:
    active = [(each.source, standing) for each in records if (standing := each.on(day)) is not None]
    return _Moment(day, on(person, day), active)
