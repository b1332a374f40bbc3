"""A plain recount of annex 3 from events: day by day and person by person, knowing nothing of months or increments."""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from shared.feed import Event

Job = Any
SPELL, TRAINING = "registry.spell", "jobs.enrolment"


class _Active(NamedTuple):
    """A record as it stood on one day."""

    type: str
    kind: str
    transfer: str | None
    contract_signed: bool
    insured: bool


def _at_work(active: Sequence[_Active]) -> list[_Active]:
    return [each for each in active if each.type == SPELL]


def _training(kind: str) -> Callable[[Sequence[_Active]], bool]:
    return lambda active: any((each.type, each.kind) == (TRAINING, kind) for each in active)


def _transferred(transfer: str) -> Callable[[Sequence[_Active]], bool]:
    return lambda active: any(each.transfer == transfer for each in _at_work(active))


def _employed_near_home(active: Sequence[_Active]) -> bool:
    return any(
        (each.kind in ("unit", "flexible") and each.transfer == "within_county")
        or (each.kind == "public_post" and each.transfer in ("within_county", None))
        for each in _at_work(active)
    )


STOCKS: dict[str, Callable[[Sequence[_Active]], bool]] = {
    "registered_people": lambda _: True,
    "unemployed_people": lambda active: not _at_work(active),
    "employed_people": lambda active: bool(_at_work(active)),
    "contract_signed_people": lambda active: any(each.contract_signed for each in _at_work(active)),
    "insured_people": lambda active: any(each.insured for each in _at_work(active)),
    "technical_school_people": _training("technical_school"),
}
FLOWS: dict[str, Callable[[Sequence[_Active]], bool]] = {
    "outside_province_people": _transferred("outside_province"),
    "outside_county_people": _transferred("outside_county"),
    "local_employment_people": _employed_near_home,
    "local_startup_people": lambda active: any(
        (each.kind, each.transfer) == ("self_employed", "within_county") for each in _at_work(active)
    ),
    "skill_training_people": _training("skill"),
    "special_skill_training_people": _training("special_skill"),
    "startup_training_people": _training("startup"),
    "care_people": lambda _: False,  # nobody keeps service records yet
}
MONEY = {
    "survey_subsidy_paid": ("survey_subsidy", None),
    "skill_training_paid": ("skill_training_subsidy", None),
    "special_skill_training_paid": ("special_skill_training_subsidy", None),
    "startup_training_paid": ("startup_training_subsidy", None),
    "technical_school_paid": ("tuition_support", None),
    "insurance_subsidy_paid": ("insurance_subsidy", None),
    "outside_province_service_paid": ("service_subsidy", "outside_province"),
    "outside_province_travel_paid": ("travel_subsidy", "outside_province"),
    "outside_county_service_paid": ("service_subsidy", "outside_county"),
    "outside_county_travel_paid": ("travel_subsidy", "outside_county"),
}


class Recount:
    """All cells of annex 3, from events in any order and number."""

    def __init__(self, events: Iterable[Event]) -> None:
        self.versions: dict[tuple[str, UUID], dict[int, Event]] = defaultdict(dict)
        for event in events:
            self.versions[event.type, event.subject][event.version] = event
        self.on_day = cache(self._on_day)

    def cell(self, indicator: str, region: str, year: int, month: int) -> int:
        """Persons, or fen: a stock on the last day of the month, the others since 1 January."""
        last = date(year, month, monthrange(year, month)[1])
        if indicator in MONEY:
            return self._paid(*MONEY[indicator], region, last)
        people = [subject for kind, subject in self.versions if kind == "registry.person"]
        if indicator in STOCKS:
            return sum(self._stands(STOCKS[indicator], subject, region, last) for subject in people)
        return sum(self._met(FLOWS[indicator], subject, region, last) for subject in people)

    def _stands(self, test: Callable[[Any], bool], subject: UUID, region: str, day: date) -> bool:
        village, active = self.on_day(subject, day)
        return village is not None and village.startswith(region) and test(active)

    def _met(self, test: Callable[[Any], bool], subject: UUID, region: str, last: date) -> bool:
        day, held = date(last.year, 1, 1), False
        while day <= last:
            village, active = self.on_day(subject, day)
            held = held or test(active)
            if held and village is not None:
                return village.startswith(region)
            day += timedelta(days=1)
        return False

    def _paid(self, benefit: str, transfer: str | None, region: str, last: date) -> int:
        total = 0
        for (kind, _), versions in self.versions.items():
            event: Any = versions[max(versions)]
            if kind != "subsidy.payment" or not event.region.startswith(region):
                continue
            facts = event.after
            in_year = facts.paid_on is not None and date(last.year, 1, 1) <= facts.paid_on <= last
            if facts.state == "paid" and in_year and facts.benefit == benefit and transfer in (None, facts.transfer):
                total += facts.amount_fen
        return total

    def _on_day(self, subject: UUID, day: date) -> tuple[str | None, list[_Active]]:
        """The village in which a poor, living, registered person stands on a day, and what they do on it."""
        person = _in_force(self.versions["registry.person", subject], day)
        facts = person.after
        counts = facts and facts.alive and facts.base == "poverty_alleviated" and facts.registered_on <= day
        return (person.region if counts else None), list(self._records(subject, day))

    def _records(self, subject: UUID, day: date) -> Iterable[_Active]:
        for (kind, _), versions in self.versions.items():
            latest: Any = versions[max(versions)].after
            if kind not in (SPELL, TRAINING) or latest is None or latest.person_id != subject:
                continue
            if latest.started_on <= day and (latest.ended_on is None or day <= latest.ended_on):
                standing = _in_force(versions, day)
                here = [number for number, each in versions.items() if each.region == standing.region]
                which: Any = versions[max(here)].after
                yield _Active(
                    kind,
                    which.kind,
                    getattr(which, "transfer", None),
                    getattr(standing.after, "contract_signed", False),
                    getattr(standing.after, "insured", False),
                )


def _in_force(versions: dict[int, Event], day: date) -> Any:
    """The latest version in force on a day; before all of them, the one that came into force first."""
    begun = [number for number, event in versions.items() if event.effective_on <= day]
    if begun:
        return versions[max(begun)]
    return min(versions.values(), key=lambda event: (event.effective_on, -event.version))
