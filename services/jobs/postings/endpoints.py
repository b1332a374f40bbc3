"""Postings: submitted by organisations with their own tokens, reviewed by the county, read by every officer."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.jobs.events import PostingKind, PostingStatus
from services.jobs.organisations.errors import NotFiled, Suspended
from services.jobs.permissions import PostingReader, PostingReviewer, PostingWriter
from services.jobs.postings import service, submission
from services.jobs.postings.errors import PostingRefused, WrongState
from services.jobs.postings.models import Posting
from services.jobs.postings.schemas import BulkResult, PostingIn, PostingOut, PostingPage, PostingsIn, Review
from shared import pagination, versions
from shared.database import Session
from shared.errors import Forbidden, Invalid, NotFound, PreconditionRequired, StaleVersion, problems
from shared.idempotency import OptionalKey, RequiredKey
from shared.pagination import Cursor, Limit
from shared.problem_handlers import language
from shared.regions import RegionCode
from shared.versions import IfMatch

router = APIRouter(prefix="/v1/postings", tags=["postings 岗位"])
ValidateOnly = Annotated[bool, Query(description="只校验,不保存 check only, keep nothing")]


def _answer(response: Response, posting: Posting) -> PostingOut:
    versions.tag(response, posting.version)
    return PostingOut.model_validate(posting)


@router.post("", status_code=201, responses=problems(PostingRefused, NotFiled, Suspended))
async def submit_posting(
    given: PostingIn,
    response: Response,
    session: Session,
    caller: PostingWriter,
    once: OptionalKey,
    validate_only: ValidateOnly = False,
) -> PostingOut | None:
    """Submit one posting, or edit the one with the same external id 发布或修改一个岗位.

    201 when made, 200 when there was one; `validate_only` answers 200 and null.
    """
    if not validate_only and (made := await once.claim(session, caller)) is not None:
        return _answer(response, await service.get(session, UUID(made)))
    posting, outcome = await submission.submit_one(session, caller, given, validate_only=validate_only)
    if outcome != "created" or validate_only:
        response.status_code = 200
    if validate_only or posting is None:
        return None
    await once.done(session, posting.id, response.status_code or 201)
    return _answer(response, posting)


@router.post("/bulk", responses=problems(Invalid, NotFiled, Suspended, PreconditionRequired))
async def submit_postings(
    given: PostingsIn,
    request: Request,
    session: Session,
    caller: PostingWriter,
    once: RequiredKey,
    validate_only: ValidateOnly = False,
) -> BulkResult:
    """Submit up to 1,000 postings; some go in, some are refused with the reasons 批量发布岗位."""
    spoken = language(request.headers)
    if not validate_only and (made := await once.claim(session, caller)) is not None:
        batch = await submission.batch(session, UUID(made))
        return submission.shown(batch.id, batch.results, spoken)
    batch_id, kept = await submission.submit_many(session, caller, given.unread(), validate_only=validate_only)
    if batch_id is not None:
        await once.done(session, batch_id, 200)
    return submission.shown(batch_id, kept, spoken)


@router.get("/bulk/{batch_id}", responses=problems(NotFound))
async def get_bulk_result(batch_id: UUID, request: Request, session: Session, _: PostingWriter) -> BulkResult:
    """What became of the items of an earlier request 查看批量发布结果."""
    batch = await submission.batch(session, batch_id)
    return submission.shown(batch.id, batch.results, language(request.headers))


@router.get("", responses=problems(Invalid))
async def list_postings(
    request: Request,
    response: Response,
    session: Session,
    caller: PostingReader,
    status: Annotated[
        PostingStatus | None, Query(description="工作人员:为空时为发布中的岗位;其他状态限本地区审核的岗位")
    ] = None,
    kind: PostingKind | None = None,
    work_region: Annotated[RegionCode | None, Query(description="工作地及其以下 the place and all below it")] = None,
    organisation_id: UUID | None = None,
    external_id: Annotated[str | None, Query(max_length=64)] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> PostingPage:
    """Postings, newest first: an organisation's own; for officers the published ones 岗位列表."""
    pagination.refuse_unknown(request, "status", "kind", "work_region", "organisation_id", "external_id")
    found = await service.listed(
        session,
        caller,
        work_region,
        pagination.after_id(cursor),
        limit,
        status=status,
        kind=kind,
        organisation=organisation_id,
        external_id=external_id,
    )
    following = pagination.encode(found[-1].id) if len(found) == limit else None
    pagination.link_next(request, response, following)
    return PostingPage(items=[PostingOut.model_validate(each) for each in found], next=following)


@router.get("/{posting_id}", responses=problems(NotFound))
async def get_posting(posting_id: UUID, response: Response, session: Session, _: PostingReader) -> PostingOut:
    """One posting 查看岗位."""
    return _answer(response, await service.get(session, posting_id))


@router.post(
    "/{posting_id}/review",
    responses=problems(NotFound, Forbidden, WrongState, StaleVersion, PreconditionRequired, Invalid),
)
async def review_posting(
    posting_id: UUID,
    decision: Review,
    response: Response,
    session: Session,
    caller: PostingReviewer,
    if_match: IfMatch = None,
) -> PostingOut:
    """Publish, or reject with reasons, the version named by If-Match 审核岗位."""
    return _answer(response, await service.review(session, caller, posting_id, decision, if_match))


@router.post("/{posting_id}/pause", responses=problems(NotFound, WrongState))
async def pause_posting(posting_id: UUID, response: Response, session: Session, caller: PostingWriter) -> PostingOut:
    """Pause one's own posting 暂停岗位."""
    return _answer(response, await service.move(session, caller, posting_id, "paused"))


@router.post("/{posting_id}/resume", responses=problems(NotFound, WrongState))
async def resume_posting(posting_id: UUID, response: Response, session: Session, caller: PostingWriter) -> PostingOut:
    """Publish a paused posting again 恢复岗位."""
    return _answer(response, await service.move(session, caller, posting_id, "published"))


@router.post("/{posting_id}/close", responses=problems(NotFound, WrongState))
async def close_posting(posting_id: UUID, response: Response, session: Session, caller: PostingWriter) -> PostingOut:
    """Close one's own posting 关闭岗位."""
    return _answer(response, await service.move(session, caller, posting_id, "closed"))
