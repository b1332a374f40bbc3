"""Whether a person and a posting fit, and how well. Pure, in whole numbers: the same facts give the same answer.

Hard limits exclude; the score ranks what is left. The mobility class (三类) decides first, the person's wish after it:

- `far` 能外出可远行: anywhere, also outside the province; the wish for inside or outside the county holds.
- `near` 能外出不能远行: the home county, or a workshop (帮扶车间) of the home city.
- `unable` 无法外出: a public post (公益性岗位) of the home county.

Without a class the wish alone holds. Rules: S004-W5, S004-W6, S004-W7, S000-W3
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.jobs.matching.weights import PARTS, Part, Tier, Weights
from services.jobs.people.models import Person
from services.jobs.postings.models import Posting
from services.jobs.postings.schemas import LEGAL_AGE

FULL = 1000
ABLE = ("skilled", "normal", "weak", "half")
"""Labor capacities that can work; 丧失 `lost` and 无 `none` cannot."""
_PRIORITY_CAPACITIES = frozenset({"weak", "half"})


class Limit(StrEnum):
    """Why a posting is out of the question."""

    AGE = "age"
    CAPACITY = "capacity"
    MOBILITY = "mobility"
    INTENT = "intent"


@dataclass(frozen=True, slots=True)
class Score:
    """`total` of 1000; each part of 1000, before its weight."""

    total: int
    parts: dict[Part, int]
    tier: Tier
    shared_skills: tuple[str, ...]


def tier(home: str, work: str) -> Tier:
    """How near a place of work is to a home village. A work place known to the city only is no nearer than the city."""
    if work.startswith(home[:6]):
        return "same_county"
    if work.startswith(home[:4]):
        return "same_city"
    return "same_province" if work.startswith(home[:2]) else "elsewhere"


def youngest(person: Person, today: date) -> int:
    """The least age that the birth year allows."""
    return today.year - person.birth_year - 1


def limits(person: Person, posting: Posting, today: date) -> list[Limit]:
    """The hard limits that stand between the two; none when they may be matched.

    Of the birth only the year is known. Who might be under 16 is out; the posting's own limits are read in the
    person's favour.
    """
    found = []
    low = youngest(person, today)
    if low < LEGAL_AGE or low + 1 < posting.min_age or (posting.max_age is not None and low > posting.max_age):
        found.append(Limit.AGE)
    if person.labor_capacity not in posting.capacities:
        found.append(Limit.CAPACITY)
    near = tier(person.region, posting.work_region)
    if not _within_reach(person.mobility, posting.kind, near):
        found.append(Limit.MOBILITY)
    if person.mobility in (None, "far") and not _as_wished(person.intent_place, near):
        found.append(Limit.INTENT)
    return found


def _within_reach(mobility: str | None, kind: str, near: Tier) -> bool:
    if mobility == "unable":
        return kind == "public_post" and near == "same_county"
    if mobility == "near":
        return near == "same_county" or (kind == "workshop" and near == "same_city")
    return True


def _as_wished(intent: str | None, near: Tier) -> bool:
    return intent is None or (intent == "within_county") == (near == "same_county")


def score(person: Person, posting: Posting, weights: Weights) -> Score:
    """How well the two fit. A better wage, a nearer place, one more shared skill never lower it."""
    near = tier(person.region, posting.work_region)
    shared = tuple(sorted(set(person.skills) & set(posting.skills)))
    away = person.mobility in (None, "far") and person.intent_place == "outside_county"
    parts: dict[Part, int] = {
        "place": (weights.place.away if away else weights.place.home)[near],
        "wage": _share(posting.monthly_fen, person.wish_wage_fen or weights.wage_without_wish),
        "skills": _share(len(shared), len(set(posting.skills))) if posting.skills else FULL // 2,
        "capacity": FULL // len(posting.capacities),
        "security": FULL // 2 * (posting.contract == "labor") + FULL // 2 * bool(posting.insurance),
        "priority": _priority(person, posting),
    }
    total = sum(weights.parts[part] * parts[part] for part in PARTS) // 100
    return Score(total, parts, near, shared)


def _share(amount: int, of: int) -> int:
    return min(FULL, FULL * amount // of)


def _priority(person: Person, posting: Posting) -> int:
    """脱贫人口和监测对象 first; a public post first to weak and half laborers and those who cannot leave."""
    first = person.base == "poverty_alleviated" or person.monitoring is not None
    if posting.kind != "public_post":
        return FULL * first
    weak = person.labor_capacity in _PRIORITY_CAPACITIES or person.mobility == "unable"
    return FULL // 2 * first + FULL // 2 * weak


def best(scores: Iterable[tuple[Score, str]], count: int) -> list[int]:
    """Positions of the highest scores; equals in the order of their keys, so that the same question has one answer."""
    ranked = sorted(enumerate(scores), key=lambda each: (-each[1][0].total, each[1][1]))
    return [position for position, _ in ranked[:count]]
