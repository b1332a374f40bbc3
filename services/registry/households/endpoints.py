"""Households: lists, one household, another category."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.registry.codes import tables
from services.registry.households import service
from services.registry.households.schemas import CategoryChange, HouseholdOut, HouseholdPage
from services.registry.permissions import PersonReader, PersonWriter
from services.registry.persons import service as persons
from services.registry.persons.endpoints import within
from services.registry.spells import service as spells
from shared import audit, pagination, versions
from shared.database import Session
from shared.errors import Invalid, NotFound, PreconditionRequired, StaleVersion, problems
from shared.pagination import Cursor, Limit
from shared.regions import RegionCode
from shared.versions import ExpectedVersion

router = APIRouter(prefix="/v1/households", tags=["households 家庭户"])


@router.get("", responses=problems(Invalid, NotFound))
async def list_households(
    request: Request,
    response: Response,
    session: Session,
    caller: PersonReader,
    region: Annotated[RegionCode | None, Query(description="在此地区及以下 below this region")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> HouseholdPage:
    """Households of a region, by village 家庭户列表."""
    pagination.refuse_unknown(request, "region")
    position = pagination.decode(cursor, 2)
    after = (position[0], position[1]) if position else None
    found = await service.page(session, within(caller, region), after, limit)
    following = pagination.encode(found[-1].region, found[-1].id) if len(found) == limit else None
    pagination.link_next(request, response, following)
    return HouseholdPage(items=[HouseholdOut.model_validate(each) for each in found], next=following)


@router.get("/{household_id}", responses=problems(NotFound))
async def get_household(household_id: UUID, response: Response, session: Session, caller: PersonReader) -> HouseholdOut:
    """One household 家庭户."""
    household = await service.get(session, household_id, caller.region or "")
    versions.tag(response, household.version)
    return HouseholdOut.model_validate(household)


@router.put("/{household_id}/category", responses=problems(NotFound, StaleVersion, PreconditionRequired))
async def set_category(
    household_id: UUID,
    change: CategoryChange,
    response: Response,
    session: Session,
    caller: PersonWriter,
    expected: ExpectedVersion,
) -> HouseholdOut:
    """Put a household into another category; its members' facts change with it 变更人员类别."""
    category = tables.table("household_category").entries[change.category].extra
    base, monitoring = category["base"], category["monitoring"] or None
    household = await service.set_category(
        session, household_id, caller.region or "", expected, base=base, monitoring=monitoring, since=change.since
    )
    members = await persons.set_category(session, household.county_code, household.id, base, monitoring)
    await spells.tell_base(session, members)
    await audit.record(session, "registry:household:set_category", caller, household.id, category=change.category)
    versions.tag(response, household.version)
    return HouseholdOut.model_validate(household)
