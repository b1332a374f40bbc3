"""Organisations: registration, filing by the county, suspension."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.jobs.events import OrganisationKind
from services.jobs.organisations import service
from services.jobs.organisations.errors import OrganisationExists
from services.jobs.organisations.models import Organisation
from services.jobs.organisations.schemas import Filing, OrganisationIn, OrganisationOut, OrganisationPage, Reason
from services.jobs.permissions import OrganisationFiler, OrganisationReader, OrganisationRegistrar
from shared import pagination, versions
from shared.auth import Principal
from shared.database import Session
from shared.errors import Forbidden, NotFound, PreconditionRequired, StaleVersion, problems
from shared.idempotency import OptionalKey
from shared.pagination import Cursor, Limit
from shared.problem_handlers import language
from shared.regions import RegionCode
from shared.versions import IfMatch

router = APIRouter(prefix="/v1/organisations", tags=["organisations 用人单位和服务机构"])


def _answer(request: Request, response: Response, organisation: Organisation) -> OrganisationOut:
    versions.tag(response, organisation.version)
    return service.shown(organisation, language(request.headers))


@router.post("", status_code=201, responses=problems(OrganisationExists))
async def register_organisation(
    given: OrganisationIn,
    request: Request,
    response: Response,
    session: Session,
    caller: OrganisationRegistrar,
    once: OptionalKey,
) -> OrganisationOut:
    """Register an organisation of one's own region 登记机构."""
    if (made := await once.claim(session, caller)) is not None:
        return _answer(request, response, await service.get(session, UUID(made)))
    organisation = await service.register(session, caller, given)
    await once.done(session, organisation.id)
    return _answer(request, response, organisation)


@router.put("/{organisation_id}", responses=problems(OrganisationExists, NotFound, StaleVersion, PreconditionRequired))
async def put_organisation(
    organisation_id: UUID,
    given: OrganisationIn,
    request: Request,
    response: Response,
    session: Session,
    caller: OrganisationRegistrar,
    if_match: IfMatch = None,
) -> OrganisationOut:
    """Register under an id of one's own choice, or correct (with If-Match) 按指定编号登记或更正机构."""
    organisation, made = await service.put(session, caller, organisation_id, given, if_match)
    response.status_code = 201 if made else 200
    return _answer(request, response, organisation)


@router.get("")
async def list_organisations(
    request: Request,
    response: Response,
    session: Session,
    caller: OrganisationReader,
    region: Annotated[RegionCode | None, Query(description="所在地区;为空时为本地区 by default one's own")] = None,
    kind: OrganisationKind | None = None,
    filed: bool | None = None,
    status: Annotated[str | None, Query(pattern="^(active|suspended)$")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> OrganisationPage:
    """Organisations of a region; an organisation sees itself 机构列表."""
    pagination.refuse_unknown(request, "region", "kind", "filed", "status")
    shown = language(request.headers)
    if caller.org is not None:
        own = await service.get(session, caller.org)
        return OrganisationPage(items=[service.shown(own, shown)], next=None)
    key = pagination.after_id(cursor)
    area = _area(caller, region)
    found = await service.listed(session, area, key, limit, kind=kind, filed=filed, status=status)
    following = pagination.encode(found[-1].id) if len(found) == limit else None
    pagination.link_next(request, response, following)
    return OrganisationPage(items=[service.shown(each, shown) for each in found], next=following)


def _area(caller: Principal, region: str | None) -> str:
    """A county's organisations are public to every officer, so any region may be asked for."""
    area = region or caller.region
    if area is None:
        raise Forbidden
    return area[:6]


@router.get("/{organisation_id}", responses=problems(NotFound))
async def get_organisation(
    organisation_id: UUID, request: Request, response: Response, session: Session, _: OrganisationReader
) -> OrganisationOut:
    """One organisation 查看机构."""
    return _answer(request, response, await service.get(session, organisation_id))


@router.post("/{organisation_id}/file", responses=problems(NotFound))
async def file_organisation(
    organisation_id: UUID,
    filing: Filing,
    request: Request,
    response: Response,
    session: Session,
    caller: OrganisationFiler,
) -> OrganisationOut:
    """File (备案) or refuse, by the county's reviewer 备案或不予备案."""
    return _answer(request, response, await service.file(session, caller, organisation_id, filing))


@router.post("/{organisation_id}/suspend", responses=problems(NotFound))
async def suspend_organisation(
    organisation_id: UUID,
    why: Reason,
    request: Request,
    response: Response,
    session: Session,
    caller: OrganisationFiler,
) -> OrganisationOut:
    """Suspend: its postings are no longer matched 暂停机构."""
    suspended = await service.set_status(session, caller, organisation_id, "suspended", why.reason)
    return _answer(request, response, suspended)


@router.post("/{organisation_id}/resume", responses=problems(NotFound))
async def resume_organisation(
    organisation_id: UUID, request: Request, response: Response, session: Session, caller: OrganisationFiler
) -> OrganisationOut:
    """Resume a suspended organisation 恢复机构."""
    return _answer(request, response, await service.set_status(session, caller, organisation_id, "active"))
