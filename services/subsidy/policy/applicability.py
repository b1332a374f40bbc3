"""Which pack decides an event: the nearest place first, by the event's date, with expiry and supersession.

An event is decided by what was in force when it happened, however late the claim. After a document's end nothing is
guessed: the event is held (暂缓) until a successor is loaded (as S001-V1 demands), never paid and never refused.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from services.subsidy.policy.facts import Wording
from services.subsidy.policy.model import Benefit, Pack
from shared import regions


@dataclass(frozen=True)
class Applicable:
    """The pack, and its benefit, that decide."""

    pack: Pack
    benefit: Benefit


@dataclass(frozen=True)
class Held:
    """The last document has ended and no successor is loaded: keep the claim, pay nothing yet."""

    pack: Pack
    says: Wording


@dataclass(frozen=True)
class NotApplicable:
    """No document of this place grants it on that day."""

    says: Wording


@dataclass(frozen=True)
class Packs:
    """All loaded packs."""

    all: tuple[Pack, ...]

    def applicable(self, benefit_code: str, region: str, event_date: date) -> Applicable | Held | NotApplicable:
        """What decides a benefit for an event in a region (any level) on a date."""
        offering = [pack for pack in self.all if pack.benefit(benefit_code)]
        found = which(offering, region, event_date)
        if not isinstance(found, Pack):
            return found
        benefit = found.benefit(benefit_code)
        if benefit is None:
            raise AssertionError("only packs that offer the benefit were asked")
        return Applicable(found, benefit)

    def by_digest(self, digest: str) -> Pack | None:
        return next((pack for pack in self.all if pack.digest == digest), None)


def which(packs: Iterable[Pack], region: str, event_date: date) -> Pack | Held | NotApplicable:
    """The pack in force for an event, nearest place first; what it means when there is none."""
    covering = sorted(
        (pack for pack in packs if regions.contains(pack.region, region)),
        key=lambda pack: len(pack.region),
        reverse=True,
    )
    in_force = [pack for pack in covering if pack.in_force(event_date) and not _superseded(pack, covering, event_date)]
    if in_force:
        return in_force[0]
    ended = [pack for pack in covering if pack.in_force_to is not None and pack.in_force_to < event_date]
    if ended:
        return _held(max(ended, key=lambda pack: (len(pack.region), pack.in_force_to)), event_date)
    return NotApplicable(
        Wording(zh=f"该地在 {event_date} 没有适用的政策文件", en=f"no document of this place applies on {event_date}")
    )


def overlapping(packs: Sequence[Pack]) -> list[tuple[Pack, Pack, str]]:
    """Pairs of one place that grant the same benefit on the same day without one superseding the other."""
    clashes = []
    for position, one in enumerate(packs):
        for other in packs[position + 1 :]:
            if one.region != other.region or one.superseded_by == other.id or other.superseded_by == one.id:
                continue
            first, last = max(one.in_force_from, other.in_force_from), min(_end(one), _end(other))
            if first <= last:
                clashes += [(one, other, benefit.code) for benefit in one.benefits if other.benefit(benefit.code)]
    return clashes


def _end(pack: Pack) -> date:
    return pack.in_force_to or date.max


def _superseded(pack: Pack, packs: Sequence[Pack], on: date) -> bool:
    return any(other.id == pack.superseded_by and other.in_force_from <= on for other in packs)


def _held(pack: Pack, on: date) -> Held:
    return Held(
        pack,
        Wording(
            zh=f"{pack.number} 执行至 {pack.in_force_to},{on} 的事项暂缓办理,待后续文件",
            en=f"{pack.number} ended on {pack.in_force_to}; what happened on {on} is held until a successor document",
        ),
    )
