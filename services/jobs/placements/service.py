"""Placements: referring a person, and what becomes of it, read and told. The steps are in `steps.py`."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.jobs.events import PlacementEvent, PlacementFacts
from services.jobs.organisations import service as organisations
from services.jobs.people import service as people
from services.jobs.people.models import Person
from services.jobs.placements import queries
from services.jobs.placements.errors import AlreadyPlaced, AlreadyReferred, PersonNotAvailable
from services.jobs.placements.models import FollowUp, Placement
from services.jobs.placements.schemas import OrganisationOfFacts, PlacementFactsOut
from services.jobs.postings import service as postings
from services.jobs.postings.schemas import LEGAL_AGE
from services.jobs.statements import FIRST, LAST
from shared import audit, clock, feed, ids, regions
from shared.auth import Principal
from shared.errors import NotFound, Text

_DEAD = Text("登记信息显示该人员已死亡", "The registry says that this person has died")
_TOO_YOUNG = Text("未满 16 周岁,不得推荐就业(劳动法第十五条)", "Under 16: may not be referred (Labour Law, article 15)")


async def refer(session: AsyncSession, caller: Principal, person_id: UUID, posting_id: UUID) -> Placement:
    """Refer a person whom the caller sees to a published posting.

    Raises `NotFound` (either), `PersonNotAvailable`, `AlreadyPlaced`, `AlreadyReferred`, and what keeps the posting
    from being open. Where the person is managed now stays with the act. Rules: S003-S1b
    """
    person, _ = await people.visible(session, caller, person_id)
    posting, organisation = await postings.get_open(session, posting_id)
    await _require_available(session, person)
    placement_id = ids.new_id()
    values = {
        "id": placement_id,
        "version": 1,
        "county_code": person.county_code,
        "region": person.region,
        "person_id": person.person_id,
        "posting_id": posting.id,
        "organisation_id": organisation.id,
        "organiser_kind": organisation.kind,
        "organiser_filed": organisation.filed,
        "organised": organisation.kind in organisations.ORGANISERS,
        "work_region": posting.work_region,
        "employer_name": posting.employer_name,
        "employer_uscc": posting.employer_uscc,
        "occupation": posting.occupation,
        "status": "referred",
        "referred_on": clock.today(),
        "referred_by": caller.subject,
        "contract_signed": False,
        "insured": False,
    }
    made = insert(Placement).values(values).on_conflict_do_nothing().returning(col(Placement.id))
    if await session.scalar(made) is None:
        raise AlreadyReferred
    placement = await get(session, caller, placement_id)
    await feed.emit(session, event(placement))
    await audit.record(session, "jobs:placement:refer", caller, placement.id, posting=str(posting.id))
    return placement


async def _require_available(session: AsyncSession, person: Person) -> None:
    if not person.alive:
        raise PersonNotAvailable(_DEAD)
    if clock.today().year - person.birth_year < LEGAL_AGE:
        raise PersonNotAvailable(_TOO_YOUNG)
    placed = await session.execute(queries.PLACED, {"person_id": person.person_id})
    if placed.scalar_one_or_none() is not None:
        raise AlreadyPlaced


async def get(session: AsyncSession, caller: Principal, placement_id: UUID) -> Placement:
    """One of the caller's region or organisation. Raises `NotFound`."""
    if caller.org is not None:
        found = await session.execute(queries.OWN, {"id": placement_id, "own": caller.org})
    elif caller.region is not None:
        low, high = regions.bounds(caller.region)
        found = await session.execute(queries.IN_REGION, {"id": placement_id, "low": low, "high": high})
    else:
        raise NotFound
    placement = found.scalar_one_or_none()
    if placement is None:
        raise NotFound
    return placement


async def listed(
    session: AsyncSession, caller: Principal, before: UUID | None, limit: int, **filters: Any
) -> Sequence[Placement]:
    """Newest first. Filters: status, posting_id; for officers also person_id and region (of their own)."""
    values = {"status": None, "posting_id": None} | filters | {"before": before or LAST, "limit": limit}
    area = values.pop("region", None) or caller.region
    bound: dict[str, Any]
    if caller.org is not None:
        statement, bound = queries.LIST_OWN, {"own": caller.org}
    elif area is None or caller.region is None or not regions.contains(caller.region, area):
        raise NotFound
    else:
        low, high = regions.bounds(area)
        statement, bound = queries.LIST_IN_REGION, {"low": low, "high": high}
        if len(area) >= regions.LENGTH[regions.Level.COUNTY]:
            statement, bound["county"] = queries.LIST_IN_COUNTY, regions.county(area)
    found: Sequence[Placement] = (await session.execute(statement, values | bound)).scalars().all()
    return found


async def follow_ups(session: AsyncSession, placement: Placement) -> Sequence[FollowUp]:
    values = {"county": placement.county_code, "id": placement.id}
    return (await session.execute(queries.FOLLOW_UPS, values)).scalars().all()


async def facts(session: AsyncSession, placement_id: UUID) -> PlacementFactsOut:
    """For a decision about money: the placement as it is now. Raises `NotFound`."""
    row = (await session.execute(queries.WITH_ORGANISATION, {"id": placement_id})).one_or_none()
    if row is None:
        raise NotFound
    placement, organisation = row
    return PlacementFactsOut(
        placement_id=placement.id,
        organisation=OrganisationOfFacts.model_validate(organisation),
        **placement.model_dump(include=set(PlacementFactsOut.model_fields)),
    )


async def states(session: AsyncSession, after: UUID | None, limit: int) -> Sequence[PlacementEvent]:
    found = (await session.execute(queries.STATES, {"after": after or FIRST, "limit": limit})).scalars()
    return [event(each) for each in found]


def event(placement: Placement) -> PlacementEvent:
    """`effective_on` is the day on which the state took effect: of the end, the hire, or the referral."""
    return PlacementEvent(
        subject=placement.id,
        version=placement.version,
        effective_on=placement.ended_on or placement.hired_on or placement.referred_on,
        county_code=placement.county_code,
        region=placement.region,
        work_region=placement.work_region,
        after=PlacementFacts.model_validate(placement, from_attributes=True),
    )
