"""Deciding a claim: facts fetched fresh from registry and jobs, the pack of the event's place and date, its answer.

`gather` speaks to other services and belongs before a transaction; the rest is pure.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from services.subsidy.claims.errors import Incomplete, NoPolicy, PolicyHeld, UnknownBenefit
from services.subsidy.clients import jobs, registry
from services.subsidy.clients.jobs import PlacementFacts
from services.subsidy.clients.registry import PersonFacts, Spell
from services.subsidy.policy import load
from services.subsidy.policy.applicability import Applicable, Held, NotApplicable
from services.subsidy.policy.decision import Decision, LimitKey
from services.subsidy.policy.evaluate import evaluate, limit_keys, read_facts
from services.subsidy.policy.model import Benefit, Outcome, Pack
from shared import clock, regions
from shared.client import ServiceClient
from shared.errors import FieldError, Text

Clients = Mapping[str, ServiceClient]


@dataclass(frozen=True)
class Subject:
    """What a claim is about, as far as facts are asked for."""

    benefit: str
    person_id: UUID | None
    placement_id: UUID | None
    ticket_date: date | None
    fare_fen: int | None


@dataclass(frozen=True)
class Gathered:
    """The facts as they are now, with the versions of what they were read from."""

    facts: Mapping[str, object]
    sources: Mapping[str, Any]
    person_id: UUID
    organisation_id: UUID | None
    region: str


@dataclass(frozen=True)
class Decided:
    """A decision with the pack that made it, and the limits that it uses up when it is granted."""

    pack: Pack
    benefit: Benefit
    decision: Decision
    keys: list[LimitKey]


def offered(benefit: str) -> list[Benefit]:
    """The benefit in each pack that has it. Raises `UnknownBenefit`."""
    found = [each for pack in load.packs().all if (each := pack.benefit(benefit))]
    if not found:
        raise UnknownBenefit(errors=[FieldError("/benefit", UnknownBenefit.title, "unknown")])
    return found


def is_claimed_by_organisations(benefit: str) -> bool:
    return offered(benefit)[0].payee.kind == "organisation"


async def gather(clients: Clients, subject: Subject, acting_for: str) -> Gathered:
    """Raises `NotFound` for an unknown person or placement, `Unavailable` when a service does not answer."""
    placement = None
    if subject.placement_id is not None:
        placement = await jobs.placement(clients["jobs"], subject.placement_id, acting_for)
    person_id = placement.person_id if placement else subject.person_id
    if person_id is None:
        raise Incomplete(errors=[FieldError("/person_id", Text("请填写人员", "Name the person"), "missing")])
    person = await registry.person(clients["registry"], person_id, acting_for)
    spell = _spell(person, placement, subject.ticket_date)
    by_organisation = placement is not None and is_claimed_by_organisations(subject.benefit)
    return Gathered(
        facts=_facts(person, placement, spell) | {"ticket_date": subject.ticket_date, "fare_fen": subject.fare_fen},
        sources=_sources(person, placement, spell),
        person_id=person_id,
        organisation_id=placement.organisation.id if placement else None,
        region=placement.region if placement and by_organisation else person.region,
    )


def decide(subject: Subject, gathered: Gathered, region: str, evidence: Collection[str]) -> Decided:
    """What the pack in force says. Raises `PolicyHeld` or `NoPolicy` when none can say anything."""
    pack, benefit = _applicable(subject.benefit, region, gathered.facts)
    decision = evaluate(pack, benefit, gathered.facts, evidence=evidence)
    subjects = {"person": gathered.person_id}
    if subject.placement_id is not None:
        subjects["placement"] = subject.placement_id
    keys = limit_keys(benefit, read_facts(pack, benefit, gathered.facts), subjects)
    return Decided(pack, benefit, decision, keys)


def require_complete(decision: Decision) -> None:
    """Raises `Incomplete`, naming all that is missing."""
    if decision.outcome is not Outcome.INCOMPLETE:
        return
    folder = {"fact": "facts", "evidence": "evidence", "parameter": "parameters"}
    raise Incomplete(
        errors=[
            FieldError(
                f"/{folder[each.kind]}/{each.code}",
                Text(f"缺少:{each.name.zh}", f"Missing: {each.name.en}"),
                f"missing_{each.kind}",
            )
            for each in decision.missing
        ]
    )


def _applicable(code: str, region: str, facts: Mapping[str, object]) -> tuple[Pack, Benefit]:
    covering = [
        (pack, benefit)
        for pack in load.packs().all
        if (benefit := pack.benefit(code)) and regions.contains(pack.region, region)
    ]
    if not covering:
        raise NoPolicy
    event_on = facts.get(covering[0][1].event)
    if not isinstance(event_on, date):  # the evaluation names it among what is missing
        return covering[0]
    found = load.packs().applicable(code, region, event_on)
    match found:
        case Applicable():
            return found.pack, found.benefit
        case Held():
            raise PolicyHeld(Text(found.says.zh, found.says.en))
        case NotApplicable():
            raise NoPolicy(Text(found.says.zh, found.says.en))


def _spell(person: PersonFacts, placement: PlacementFacts | None, ticket_date: date | None) -> Spell | None:
    """The employment a claim rests on: the placement's, or the one begun nearest to the journey, not over by then."""
    if placement is not None:
        return next((spell for spell in person.spells if spell.placement_id == placement.placement_id), None)
    if ticket_date is None:
        return None
    going = [spell for spell in person.spells if spell.ended_on is None or spell.ended_on >= ticket_date]
    return min(going, key=lambda spell: (abs((spell.started_on - ticket_date).days), spell.id), default=None)


def _facts(person: PersonFacts, placement: PlacementFacts | None, spell: Spell | None) -> dict[str, object]:
    """Facts under the packs' names. What is not verified is not known to be verified: it is never false here."""
    facts: dict[str, object] = {
        "worker_base": person.base,
        "worker_alive": person.alive,
        "transfer": spell.transfer if spell else None,
        "spell_verified": True if spell and spell.verified else None,
    }
    if placement is not None:
        facts |= {
            "organised": placement.organised,
            "organiser_kind": placement.organisation.kind,
            "organiser_filed": placement.organisation.filed,
            "hired_on": placement.hired_on,
            "performed_until": _performed_until(placement, spell),
        }
    return facts


def _performed_until(placement: PlacementFacts, spell: Spell | None) -> date | None:
    """The last day confirmed by a follow-up, but not beyond the end that jobs or the registry knows of."""
    if placement.performed_until is None:
        return None
    ends = (placement.performed_until, placement.ended_on, spell.ended_on if spell else None)
    return min(end for end in ends if end is not None)


def _sources(person: PersonFacts, placement: PlacementFacts | None, spell: Spell | None) -> dict[str, Any]:
    """What the facts were read from, in which version, and when."""
    return {
        "read_at": clock.system_now().isoformat(),
        "person": {"id": str(person.person_id), "version": person.version},
        "placement": {"id": str(placement.placement_id), "version": placement.version} if placement else None,
        "spell": {"id": str(spell.id), "version": spell.version} if spell else None,
    }
