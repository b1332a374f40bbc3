"""Taking people into the register: one or two hundred, by the same few statements.

Households first, then the claim of each ID number, then people, their present employment, and the events; all in the
caller's transaction. Whoever cannot be taken is left out and named with the reason; the others go in.
"""

from collections.abc import Sequence
from enum import StrEnum
from types import SimpleNamespace
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.bulk import insert_rows
from services.registry.households import service as households
from services.registry.households.models import Household
from services.registry.persons import sealing, work
from services.registry.persons import service as persons
from services.registry.persons.identity import age_on
from services.registry.persons.queries import PERSON
from services.registry.registration.records import Employment, Registration
from services.registry.spells import service as spells
from services.registry.spells.queries import SPELL
from shared import feed, ids, regions
from shared.crypto import Keyring


class Refusal(StrEnum):
    """Why somebody was not taken."""

    CATEGORY_DIFFERS = "category_differs"
    """The household is registered with another category 人员类别."""
    ALREADY_REGISTERED = "already_registered"


class Outcome(NamedTuple):
    """The new person's id, or why there is none."""

    person_id: UUID | None
    refusal: Refusal | None


async def register(session: AsyncSession, keyring: Keyring, registrations: Sequence[Registration]) -> list[Outcome]:
    """One outcome for each, in order. No two of them may have the same ID number."""
    found = await households.find_or_add(session, [_household(each) for each in registrations])
    outcomes: list[Outcome | None] = [None] * len(registrations)
    fitting: list[tuple[int, Registration, Household]] = []
    for index, each in enumerate(registrations):
        household = found[each.region, each.household_number]
        if (household.base, household.monitoring) == (each.base, each.monitoring):
            fitting.append((index, each, household))
        else:
            outcomes[index] = Outcome(None, Refusal.CATEGORY_DIFFERS)
    people = [_person(keyring, each, household) for _, each, household in fitting]
    claimed = await persons.claim_numbers(session, people)
    events: list[feed.Event] = []
    rows: list[dict[str, Any]] = []
    jobs: list[dict[str, Any]] = []
    for (index, each, _), person in zip(fitting, people, strict=True):
        if person["id_hmac"] not in claimed:
            outcomes[index] = Outcome(None, Refusal.ALREADY_REGISTERED)
            continue
        outcomes[index] = Outcome(person["id"], None)
        rows.append(person)
        made = [_spell(each.employment, person)] if each.employment else []
        jobs += made
        events.append(persons.event(SimpleNamespace(**person)))
        events += [spells.event(SimpleNamespace(**spell), each.base) for spell in made]
    await insert_rows(session, PERSON, rows)
    await insert_rows(session, SPELL, jobs)
    await feed.emit(session, *events)
    return [outcome for outcome in outcomes if outcome is not None]


def _household(registration: Registration) -> households.Wanted:
    return households.Wanted(
        registration.region,
        registration.household_number,
        registration.base,
        registration.monitoring,
        registration.registered_on,
    )


def _person(keyring: Keyring, new: Registration, household: Household) -> dict[str, Any]:
    person_id = ids.new_id()
    job = new.employment
    hukou = new.hukou_region or new.region
    age = age_on(new.birth, new.registered_on) if new.birth else new.registered_on.year - new.birth_year
    return {
        "county_code": regions.county(new.region),
        "id": person_id,
        "region": new.region,
        "household_id": household.id,
        "base": household.base,
        "monitoring": household.monitoring,
        "kinship": new.kinship,
        "hukou_region": hukou,
        "residence_region": new.residence_region,
        "id_type": new.id_type.value,
        "phone_sealed": None,
        "phone_hmac": None,
        **sealing.sealed_columns(keyring, person_id, name=new.name, id_number=new.id_number, phone=new.phone),
        "phone_whose": new.phone_whose,
        "sex": new.sex,
        "birth": new.birth,
        "birth_year": new.birth_year,
        "ethnicity": new.ethnicity,
        "political_status": new.political_status,
        "education": new.education,
        "health": new.health,
        "labor_capacity": new.labor_capacity,
        "words": dict(new.words),
        "mobility": new.mobility or work.default_mobility(new.labor_capacity, new.health, age),
        "mobility_set": new.mobility is not None,
        "status": new.status,
        "status_reason": new.status_reason,
        "initial_status": new.status,
        "present_spell": ids.new_id() if job else None,
        "work_region": job.work_region if job else None,
        "transfer": work.transfer_of(job.kind, new.region, job.work_region) if job else None,
        "intent_place": new.intent_place,
        "service_needs": list(new.service_needs),
        "skills": list(new.skills),
        "wish_wage_fen": new.wish_wage_fen,
        "alive": True,
        "registered_on": new.registered_on,
        "surveyor": new.surveyor,
        "import_id": new.import_id,
        "verifying_region": work.verifying_region(new.status, new.region, hukou, job.work_region if job else None),
        "verified_by": None,
        "verified_at": None,
        "version": 1,
    }


def _spell(job: Employment, person: dict[str, Any]) -> dict[str, Any]:
    return {
        "county_code": person["county_code"],
        "id": person["present_spell"],
        "region": person["region"],
        "person_id": person["id"],
        "placement_id": None,
        "kind": job.kind,
        "employer_name": job.employer_name,
        "employer_uscc": job.employer_uscc,
        "work_region": job.work_region,
        "work_place": job.work_place,
        "started_on": job.started_on,
        "started": job.started,
        "ended_on": None,
        "end_reason": None,
        "occupation": job.occupation,
        "monthly_wage_fen": job.monthly_wage_fen,
        "contract_signed": job.contract_signed,
        "contract_from": job.contract_from,
        "contract_to": job.contract_to,
        "insured": job.insured,
        "organised": job.organised,
        "channel": job.channel,
        "transfer": work.transfer_of(job.kind, person["region"], job.work_region),
        "recorded_by": person["surveyor"],
        "verified_by": None,
        "version": 1,
    }
