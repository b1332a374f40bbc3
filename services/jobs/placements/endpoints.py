"""Placements: referred by officers, reported on by organisations, read as facts by the other services."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response, UploadFile

from services.jobs.events import PlacementStatus
from services.jobs.permissions import (
    FactsReader,
    PlacementReader,
    PlacementReporter,
    ReferralReader,
    Referrer,
)
from services.jobs.placements import proofs, service, steps
from services.jobs.placements.errors import (
    AlreadyPlaced,
    AlreadyReferred,
    NotAProof,
    PersonNotAvailable,
    ReportedOtherwise,
    WrongDates,
    WrongStep,
)
from services.jobs.placements.models import Placement
from services.jobs.placements.schemas import (
    Decline,
    End,
    FollowUpOut,
    Hire,
    Interview,
    NewFollowUp,
    NewPlacement,
    PlacementFactsOut,
    PlacementOut,
    PlacementPage,
    ProofOut,
    ReferralOut,
    ReferralPage,
)
from services.jobs.postings.errors import NotPublished, PostingFull
from shared import pagination, versions
from shared.database import Session
from shared.errors import Invalid, NotFound, TooLarge, problems
from shared.idempotency import OptionalKey
from shared.pagination import Cursor, Limit
from shared.regions import RegionCode
from shared.runtime import CurrentRuntime

router = APIRouter(prefix="/v1/placements", tags=["placements 推荐就业"])
referrals = APIRouter(prefix="/v1/referrals", tags=["placements 推荐就业"])
internal = APIRouter(prefix="/internal/placements", tags=["placements 推荐就业"])
_STEP = problems(NotFound, WrongStep, ReportedOtherwise, WrongDates)


def _to_officer(response: Response, placement: Placement) -> PlacementOut:
    versions.tag(response, placement.version)
    return PlacementOut.model_validate(placement)


def _to_organisation(response: Response, placement: Placement) -> ReferralOut:
    versions.tag(response, placement.version)
    return ReferralOut.model_validate(placement)


@router.post(
    "",
    status_code=201,
    responses=problems(NotFound, NotPublished, PersonNotAvailable, AlreadyPlaced, AlreadyReferred),
)
async def refer(
    new: NewPlacement, response: Response, session: Session, caller: Referrer, once: OptionalKey
) -> PlacementOut:
    """Refer a person of one's own region to a published posting 推荐人员到岗位."""
    if (made := await once.claim(session, caller)) is not None:
        return _to_officer(response, await service.get(session, caller, UUID(made)))
    placement = await service.refer(session, caller, new.person_id, new.posting_id)
    await once.done(session, placement.id)
    return _to_officer(response, placement)


@router.get("", responses=problems(Invalid, NotFound))
async def list_placements(
    request: Request,
    response: Response,
    session: Session,
    caller: PlacementReader,
    region: Annotated[RegionCode | None, Query(description="本地区或其下级 one's own region or one below")] = None,
    status: PlacementStatus | None = None,
    posting_id: UUID | None = None,
    person_id: UUID | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> PlacementPage:
    """Placements of people of a region, newest first 推荐就业列表."""
    pagination.refuse_unknown(request, "region", "status", "posting_id", "person_id")
    filters = {"region": region, "status": status, "posting_id": posting_id, "person_id": person_id}
    found = await service.listed(session, caller, pagination.after_id(cursor), limit, **filters)
    following = pagination.encode(found[-1].id) if len(found) == limit else None
    pagination.link_next(request, response, following)
    return PlacementPage(items=[PlacementOut.model_validate(each) for each in found], next=following)


@router.get("/{placement_id}", responses=problems(NotFound))
async def get_placement(
    placement_id: UUID, response: Response, session: Session, caller: PlacementReader
) -> PlacementOut:
    """One placement 查看推荐就业."""
    return _to_officer(response, await service.get(session, caller, placement_id))


@router.get("/{placement_id}/follow-ups", responses=problems(NotFound))
async def list_follow_ups(placement_id: UUID, session: Session, caller: PlacementReader) -> list[FollowUpOut]:
    """The follow-ups of a placement, by day 跟踪回访记录."""
    placement = await service.get(session, caller, placement_id)
    return [FollowUpOut.model_validate(each) for each in await service.follow_ups(session, placement)]


@router.get("/{placement_id}/proofs/{file_id}", responses=problems(NotFound), response_class=Response)
async def get_proof(
    placement_id: UUID, file_id: UUID, session: Session, caller: PlacementReader, runtime: CurrentRuntime
) -> Response:
    """A proof that an organisation has uploaded 查看证明材料."""
    placement = await service.get(session, caller, placement_id)
    if file_id not in {each.proof_file_id for each in await service.follow_ups(session, placement)}:
        raise NotFound
    content = await runtime.files.get(session, file_id)
    return Response(content, media_type=proofs.media_type(content), headers={"X-Content-Type-Options": "nosniff"})


@router.post("/{placement_id}/interview", responses=_STEP)
async def report_interview(
    placement_id: UUID, given: Interview, response: Response, session: Session, caller: PlacementReporter
) -> ReferralOut:
    """报告面试."""
    return _to_organisation(response, await steps.interview(session, caller, placement_id, given))


@router.post("/{placement_id}/hire", responses=_STEP | problems(AlreadyPlaced, PostingFull))
async def report_hire(
    placement_id: UUID, given: Hire, response: Response, session: Session, caller: PlacementReporter
) -> ReferralOut:
    """Report a hire; `registry_state` shows whether the registry has recorded it 报告录用."""
    return _to_organisation(response, await steps.hire(session, caller, placement_id, given))


@router.post("/{placement_id}/decline", responses=_STEP)
async def report_decline(
    placement_id: UUID, given: Decline, response: Response, session: Session, caller: PlacementReporter
) -> ReferralOut:
    """报告未录用."""
    return _to_organisation(response, await steps.decline(session, caller, placement_id, given))


@router.post("/{placement_id}/follow-ups", status_code=201, responses=_STEP)
async def report_follow_up(
    placement_id: UUID, given: NewFollowUp, response: Response, session: Session, caller: PlacementReporter
) -> ReferralOut:
    """Report that the work went on until a day 报告跟踪回访."""
    return _to_organisation(response, await steps.follow_up(session, caller, placement_id, given))


@router.post("/{placement_id}/proofs", status_code=201, responses=problems(NotFound, NotAProof, TooLarge))
async def upload_proof(
    placement_id: UUID, file: UploadFile, session: Session, caller: PlacementReporter, runtime: CurrentRuntime
) -> ProofOut:
    """Upload a proof (PDF, JPG or PNG) for a follow-up 上传证明材料."""
    content = await file.read(proofs.LARGEST + 1)
    return ProofOut(id=await proofs.store(session, runtime.files, caller, placement_id, content))


@router.post("/{placement_id}/end", responses=_STEP)
async def report_end(
    placement_id: UUID, given: End, response: Response, session: Session, caller: PlacementReporter
) -> ReferralOut:
    """报告离职."""
    return _to_organisation(response, await steps.end(session, caller, placement_id, given))


@referrals.get("", responses=problems(Invalid))
async def list_referrals(
    request: Request,
    response: Response,
    session: Session,
    caller: ReferralReader,
    status: PlacementStatus | None = None,
    posting_id: UUID | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> ReferralPage:
    """Referrals to one's own postings, newest first 推荐给本单位的人员."""
    pagination.refuse_unknown(request, "status", "posting_id")
    filters = {"status": status, "posting_id": posting_id}
    found = await service.listed(session, caller, pagination.after_id(cursor), limit, **filters)
    following = pagination.encode(found[-1].id) if len(found) == limit else None
    pagination.link_next(request, response, following)
    return ReferralPage(items=[ReferralOut.model_validate(each) for each in found], next=following)


@referrals.get("/{placement_id}", responses=problems(NotFound))
async def get_referral(placement_id: UUID, response: Response, session: Session, caller: ReferralReader) -> ReferralOut:
    """One referral, with what the registry said of a hire 查看推荐."""
    return _to_organisation(response, await service.get(session, caller, placement_id))


@internal.get("/{placement_id}/facts", responses=problems(NotFound))
async def get_facts(placement_id: UUID, runtime: CurrentRuntime, _: FactsReader) -> PlacementFactsOut:
    """The facts of a placement, for a decision about money 就业事实."""
    async with runtime.database.system_session() as session:
        return await service.facts(session, placement_id)
