"""Makers of the events that reporting reads, by the classes with which the services emit them."""

from datetime import date
from typing import Any, ClassVar, Literal
from uuid import UUID, uuid4

from pydantic import BaseModel

from services.registry.events import PersonChanged, PersonState, SpellChanged, SpellState
from services.subsidy.events import PaymentEvent, PaymentFacts
from shared import clock, regions
from shared.feed import Envelope, Event

VILLAGE, NEXT_VILLAGE, OTHER_TOWNSHIP = "532504100201", "532504100202", "532504101201"
OTHER_COUNTY = "532503001001"


class EnrolmentState(BaseModel):
    """What reporting reads of a training course or school that somebody attends; nobody emits it yet."""

    person_id: UUID
    kind: Literal["skill", "special_skill", "startup", "technical_school"]
    started_on: date
    ended_on: date | None


class EnrolmentChanged(Event):
    type: ClassVar[str] = "jobs.enrolment"
    after: EnrolmentState | None


def day(text: str) -> date:
    return date.fromisoformat(text)


def person(
    subject: UUID, on: str, *, version: int = 1, village: str = VILLAGE, gone: bool = False, **changes: Any
) -> PersonChanged:
    """Registered on the day of the event, 建档立卡, unemployed."""
    state: dict[str, Any] = {
        "household_id": UUID(int=7),
        "sex": "male",
        "birth_year": 1985,
        "ethnicity": "01",
        "education": "70",
        "political_status": "13",
        "health": "1",
        "labor_capacity": "normal",
        "mobility": "far",
        "base": "poverty_alleviated",
        "monitoring": None,
        "status": "unemployed",
        "initial_status": "unemployed",
        "verified": True,
        "alive": True,
        "registered_on": day(on),
        "transfer": None,
        "intent_place": None,
        "service_needs": [],
        "skills": [],
        "wish_wage_fen": None,
    }
    after = None if gone else PersonState.model_validate(state | changes)
    return PersonChanged(subject=subject, version=version, **_where(village), effective_on=day(on), after=after)


def spell(
    subject: UUID,
    of: UUID,
    on: str,
    *,
    version: int = 1,
    village: str = VILLAGE,
    gone: bool = False,
    **changes: Any,
) -> SpellChanged:
    """Since the day of the event in a unit outside the province, with contract and insurance."""
    state: dict[str, Any] = {
        "person_id": of,
        "base": "poverty_alleviated",
        "placement_id": None,
        "kind": "unit",
        "started_on": day(on),
        "ended_on": None,
        "end_reason": None,
        "work_region": "310117",
        "work_place_text": False,
        "transfer": "outside_province",
        "organised": False,
        "contract_signed": True,
        "contract_from": None,
        "contract_to": None,
        "insured": True,
        "verified": True,
        "channel": "self",
    }
    after = None if gone else SpellState.model_validate(state | changes)
    return SpellChanged(subject=subject, version=version, **_where(village), effective_on=day(on), after=after)


def enrolment(
    subject: UUID, of: UUID, on: str, *, version: int = 1, village: str = VILLAGE, gone: bool = False, **changes: Any
) -> EnrolmentChanged:
    state: dict[str, Any] = {"person_id": of, "kind": "skill", "started_on": day(on), "ended_on": day(on)}
    after = None if gone else EnrolmentState.model_validate(state | changes)
    return EnrolmentChanged(subject=subject, version=version, **_where(village), effective_on=day(on), after=after)


def payment(subject: UUID, on: str, *, version: int = 1, village: str = VILLAGE, **changes: Any) -> PaymentEvent:
    """Confirmed by the bank on the day of the event: 300 yuan of service subsidy for a transfer to Shanghai."""
    state: dict[str, Any] = {
        "claim_id": UUID(int=9),
        "benefit": "service_subsidy",
        "fund": "employment_subsidy",
        "person_id": None,
        "organisation_id": UUID(int=8),
        "placement_id": None,
        "amount_fen": 30_000,
        "state": "paid",
        "paid_on": day(on),
        "transfer": "outside_province",
    }
    after = PaymentFacts.model_validate(state | changes)
    return PaymentEvent(subject=subject, version=version, **_where(village), effective_on=day(on), after=after)


def envelope(event: Event) -> Envelope:
    """The event as its feed shows it."""
    return Envelope(
        id=uuid4(),
        source=f"/{event.type.partition('.')[0]}",
        type=event.type,
        subject=event.subject,
        time=clock.system_now(),
        data=event.model_dump(mode="json", exclude={"subject"}),
    )


def _where(village: str) -> dict[str, Any]:
    return {"county_code": regions.county(village), "region": village}
