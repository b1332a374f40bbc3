"""Payment batches: drafting, approving, the bank's file and its results."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Query, Request, Response

from services.subsidy.batches import bank_file, result_text, results, service
from services.subsidy.batches.errors import NamesMissing, NothingToPay, Quarantined
from services.subsidy.batches.models import PaymentBatch
from services.subsidy.batches.result_text import Unreadable
from services.subsidy.batches.schemas import (
    BatchOut,
    BatchPage,
    BatchStatus,
    LinePage,
    LineState,
    NewBatch,
    ResultOut,
    ResultPage,
    Taken,
)
from services.subsidy.errors import FourEyes, WrongState
from services.subsidy.permissions import BatchApprover, BatchDrafter, BatchReader, BatchSender, ResultReporter
from shared import audit, pagination
from shared.database import Session
from shared.errors import (
    Invalid,
    NotFound,
    PreconditionRequired,
    StaleVersion,
    Text,
    TooLarge,
    Unavailable,
    UnsupportedMedia,
    problems,
)
from shared.idempotency import RequiredKey
from shared.pagination import Cursor, Limit, after_id, next_page
from shared.runtime import CurrentRuntime
from shared.versions import tag

router = APIRouter(prefix="/v1/payment-batches", tags=["payment batches 支付批次"])
_LARGEST_RESULT = 5 * 1024 * 1024


@router.post("", status_code=201, responses=problems(NothingToPay, NotFound, Invalid, PreconditionRequired))
async def draft_batch(
    new: NewBatch, response: Response, session: Session, caller: BatchDrafter, once: RequiredKey
) -> BatchOut:
    """Draft a batch of a fund's approved claims, at most 500 编制支付批次."""
    made = await once.claim(session, caller, keep="forever")
    if made is None:
        batch = await service.draft(session, caller, new)
        await once.done(session, batch.id)
    else:
        batch = await service.get(session, caller, UUID(made))
    return await _shown(response, session, batch)


@router.get("", responses=problems(Invalid))
async def list_batches(
    request: Request,
    response: Response,
    session: Session,
    caller: BatchReader,
    status: BatchStatus | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> BatchPage:
    """Batches of the counties in one's region 支付批次列表."""
    pagination.refuse_unknown(request, "status")
    found = await service.page(session, caller, status, after_id(cursor), limit)
    following = next_page(request, response, found, limit)
    return BatchPage(items=await service.shown(session, found), next=following)


@router.get("/{batch_id}", responses=problems(NotFound))
async def get_batch(batch_id: UUID, response: Response, session: Session, caller: BatchReader) -> BatchOut:
    """One batch with its control figures 支付批次."""
    return await _shown(response, session, await service.get(session, caller, batch_id))


@router.get("/{batch_id}/lines", responses=problems(Invalid, NotFound))
async def list_lines(
    batch_id: UUID,
    request: Request,
    response: Response,
    session: Session,
    caller: BatchReader,
    state: Annotated[LineState | None, Query(description="如 unknown:尚无银行结果 no answer of the bank yet")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> LinePage:
    """The lines of a batch, without names and accounts 支付明细."""
    pagination.refuse_unknown(request, "state")
    batch = await service.get(session, caller, batch_id)
    found = await service.line_page(session, batch, state, after_id(cursor), limit)
    return LinePage(items=found, next=next_page(request, response, found, limit))


@router.post("/{batch_id}/cancel", responses=problems(NotFound, WrongState))
async def cancel_batch(batch_id: UUID, response: Response, session: Session, caller: BatchDrafter) -> BatchOut:
    """Undo a draft: its claims wait for another batch 撤销未审批的批次."""
    return await _shown(response, session, await service.cancel(session, caller, batch_id))


@router.post(
    "/{batch_id}/approve",
    responses=problems(NotFound, WrongState, FourEyes, StaleVersion, Unavailable, PreconditionRequired),
)
async def approve_batch(
    batch_id: UUID,
    response: Response,
    session: Session,
    caller: BatchApprover,
    runtime: CurrentRuntime,
    once: RequiredKey,
) -> BatchOut:
    """Approval by another person; facts are fetched again, what is no longer due is left out 审批支付批次."""
    checked = await service.check(runtime.database, runtime.clients, caller, batch_id)
    if await once.claim(session, caller, keep="forever") is None:
        batch = await service.approve(session, caller, batch_id, checked)
        await once.done(session, batch.id, 200)
    else:
        batch = await service.get(session, caller, batch_id)
    return await _shown(response, session, batch)


@router.get(
    "/{batch_id}/file",
    response_class=Response,
    responses=problems(NotFound, WrongState, NamesMissing, Unavailable)
    | {200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
async def get_file(batch_id: UUID, session: Session, caller: BatchSender, runtime: CurrentRuntime) -> Response:
    """The bank's file with full names and accounts; who fetched it is in the audit log 银行支付文件."""
    sending = await bank_file.read(runtime.database, runtime.keyring, caller, batch_id)
    people = await bank_file.names(runtime.clients["registry"], caller, sending)
    await audit.record(session, "subsidy:batch:file", caller, batch_id, purpose="payment", lines=len(sending.payments))
    headers = {
        "Content-Disposition": f'attachment; filename="{batch_id}.csv"',
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(bank_file.render(sending, people), media_type="text/csv; charset=utf-8", headers=headers)


@router.post(
    "/{batch_id}/results",
    responses=problems(NotFound, Quarantined, Unreadable, TooLarge, UnsupportedMedia, PreconditionRequired),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": result_text.schema()},
                "text/csv": {"schema": {"type": "string"}},
            },
        }
    },
)
async def add_result(
    batch_id: UUID,
    request: Request,
    session: Session,
    caller: ResultReporter,
    runtime: CurrentRuntime,
    once: RequiredKey,
    content_type: Annotated[str, Header(max_length=100)],
) -> Taken:
    """What the bank did with a batch, in whole or in part; what does not fit is kept apart whole 回传支付结果."""
    content = await request.body()
    if len(content) > _LARGEST_RESULT:
        raise TooLarge(Text("支付结果不超过 5 MB", "A result has at most 5 MB"))
    result = result_text.read(content, content_type)
    made = await once.claim(session, caller, keep="forever")
    if made is not None:
        kept = await results.get(session, caller, batch_id, UUID(made))
    else:
        try:
            kept = await results.take(session, runtime.files, caller, batch_id, result, content)
        except Quarantined as refused:
            await session.rollback()  # its locks and its connection are not held while another transaction is begun
            async with runtime.database.session() as apart:
                await results.quarantine(apart, runtime.files, caller, batch_id, result, content, refused)
            raise
        await once.done(session, kept.id, 200)
    batch = (await service.shown(session, [await service.get(session, caller, batch_id)]))[0]
    return Taken.model_validate(kept.model_dump() | {"batch": batch})


@router.get("/{batch_id}/results", responses=problems(Invalid, NotFound))
async def list_results(
    batch_id: UUID,
    request: Request,
    response: Response,
    session: Session,
    caller: BatchReader,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> ResultPage:
    """Results taken in or kept apart 支付结果记录."""
    pagination.refuse_unknown(request)
    batch = await service.get(session, caller, batch_id)
    found = await results.page(session, batch, after_id(cursor), limit)
    following = next_page(request, response, found, limit)
    return ResultPage(items=[ResultOut.model_validate(each.model_dump()) for each in found], next=following)


async def _shown(response: Response, session: Session, batch: PaymentBatch) -> BatchOut:
    tag(response, batch.version)
    return (await service.shown(session, [batch]))[0]
