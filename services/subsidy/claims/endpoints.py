"""Claims: making, submitting, correcting and withdrawing them; their evidence and their explanation."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, File, Header, Query, Request, Response, UploadFile
from starlette.responses import PlainTextResponse

from services.subsidy.claims import deciding, evidence, queries, review, service
from services.subsidy.claims.errors import (
    EvidenceUnfit,
    Incomplete,
    NoPolicy,
    NotDecided,
    NotTheClaimant,
    PayeeUnfit,
    PolicyHeld,
    UnknownBenefit,
    WrongClaimant,
)
from services.subsidy.claims.evidence import NotEvidence
from services.subsidy.claims.models import Claim
from services.subsidy.claims.schemas import (
    ClaimChange,
    ClaimOut,
    ClaimPage,
    Comments,
    Correction,
    Explanation,
    FileOut,
    NewClaim,
)
from services.subsidy.errors import WrongState
from services.subsidy.events import ClaimStatus
from services.subsidy.permissions import Claimant, ClaimReader
from shared import audit, pagination
from shared.database import Session
from shared.errors import Invalid, NotFound, PreconditionRequired, StaleVersion, TooLarge, Unavailable, problems
from shared.idempotency import OptionalKey
from shared.pagination import Cursor, Limit, after_id, next_page
from shared.regions import RegionCode
from shared.runtime import CurrentRuntime
from shared.versions import ExpectedVersion, tag

router = APIRouter(prefix="/v1/claims", tags=["claims 补贴申报"])
evidence_router = APIRouter(prefix="/v1/evidence", tags=["claims 补贴申报"])
_DRAFTING = problems(
    UnknownBenefit,
    WrongClaimant,
    PayeeUnfit,
    EvidenceUnfit,
    NotFound,
    NotTheClaimant,
    Unavailable,
    WrongState,
    StaleVersion,
)


@evidence_router.post("", status_code=201, responses=problems(TooLarge, NotEvidence))
async def add_evidence(
    file: Annotated[UploadFile, File(description="PDF、JPG 或 PNG,不超过 5 MB")],
    session: Session,
    caller: Claimant,
    runtime: CurrentRuntime,
) -> FileOut:
    """Upload a file of evidence, to be named by a claim 上传证明材料."""
    return await evidence.store(session, runtime.files, caller, file)


@router.post("", status_code=201, responses=_DRAFTING)
async def add_claim(
    new: NewClaim, response: Response, session: Session, caller: Claimant, runtime: CurrentRuntime, once: OptionalKey
) -> ClaimOut:
    """Draft a claim: an organisation for its placement, an officer for a person 起草申报."""
    gathered = await service.gather_new(runtime.clients, caller, new)
    made = await once.claim(session, caller)
    if made is None:
        claim = await service.draft(session, caller, new, gathered)
        await once.done(session, claim.id)
    else:
        claim = await service.get(session, caller, UUID(made))
    tag(response, claim.version)
    return await service.shown(session, runtime.keyring, claim)


@router.get("", responses=problems(Invalid))
async def list_claims(
    request: Request,
    response: Response,
    session: Session,
    caller: ClaimReader,
    status: ClaimStatus | None = None,
    benefit: Annotated[str | None, Query(max_length=50)] = None,
    region: Annotated[RegionCode | None, Query(description="所在地区及以下 in this region and below")] = None,
    person_id: UUID | None = None,
    placement_id: UUID | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> ClaimPage:
    """Claims in one's region, or of one's organisation 申报列表."""
    pagination.refuse_unknown(request, "status", "benefit", "region", "person_id", "placement_id")
    equal = {
        "status": status.value if status else None,
        "benefit": benefit,
        "person_id": person_id,
        "placement_id": placement_id,
    }
    found = (await session.scalars(queries.page(caller, region, equal, after_id(cursor), limit))).all()
    return ClaimPage(items=[service.row(claim) for claim in found], next=next_page(request, response, found, limit))


@router.get("/{claim_id}", responses=problems(NotFound))
async def get_claim(
    claim_id: UUID, response: Response, session: Session, caller: ClaimReader, runtime: CurrentRuntime
) -> ClaimOut:
    """One claim with its files, course and reasons 申报详情."""
    return await _shown(response, session, runtime, await service.get(session, caller, claim_id))


@router.put("/{claim_id}", responses=_DRAFTING | problems(PreconditionRequired))
async def change_claim(
    claim_id: UUID,
    new: ClaimChange,
    response: Response,
    session: Session,
    caller: Claimant,
    runtime: CurrentRuntime,
    version: ExpectedVersion,
) -> ClaimOut:
    """Replace the content of a draft, or of what was returned or refused 修改申报."""
    claim = await service.change(session, caller, claim_id, version, new)
    return await _shown(response, session, runtime, claim)


@router.post(
    "/{claim_id}/submit",
    responses=problems(
        NotFound, NotTheClaimant, Incomplete, PolicyHeld, NoPolicy, WrongState, StaleVersion, Unavailable
    ),
)
async def submit_claim(
    claim_id: UUID, response: Response, session: Session, caller: Claimant, runtime: CurrentRuntime, once: OptionalKey
) -> ClaimOut:
    """Submit: decided at once on fresh facts; submitted, or refused with each reason 提交申报."""
    before = await service.read(runtime.database, caller, claim_id)
    gathered = await deciding.gather(runtime.clients, before.subject, caller.subject)
    if await once.claim(session, caller) is None:
        claim = await review.submit(session, caller, claim_id, before.version, gathered)
        await once.done(session, claim.id, 200)
    else:
        claim = await service.get(session, caller, claim_id)
    return await _shown(response, session, runtime, claim)


@router.post("/{claim_id}/withdraw", responses=problems(NotFound, NotTheClaimant, WrongState))
async def withdraw_claim(
    claim_id: UUID, given: Comments, response: Response, session: Session, caller: Claimant, runtime: CurrentRuntime
) -> ClaimOut:
    """Take a claim back before it is approved 撤回申报."""
    claim = await review.withdraw(session, caller, claim_id, given.comment)
    return await _shown(response, session, runtime, claim)


@router.post("/{claim_id}/correct", responses=problems(NotFound, NotTheClaimant, WrongState, PayeeUnfit))
async def correct_claim(
    claim_id: UUID, given: Correction, response: Response, session: Session, caller: Claimant, runtime: CurrentRuntime
) -> ClaimOut:
    """Name another account after a failed payment 更正收款账户."""
    claim = await review.correct(session, caller, claim_id, given.payee_id)
    return await _shown(response, session, runtime, claim)


@router.get(
    "/{claim_id}/explanation",
    response_model=Explanation,
    responses=problems(NotFound, NotDecided) | {200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
async def explain_claim(
    claim_id: UUID,
    session: Session,
    caller: ClaimReader,
    accept: Annotated[str, Header(max_length=500)] = "application/json",
) -> Explanation | Response:
    """Why it was decided so: data with lines to read, or only the lines as text/plain 审核说明."""
    explained = await service.explanation(session, await service.get(session, caller, claim_id))
    if accept.partition(",")[0].partition(";")[0].strip() == "text/plain":
        return PlainTextResponse("\n".join(explained.lines) + "\n")
    return explained


@router.get("/{claim_id}/evidence/{file_id}", response_class=Response, responses=problems(NotFound))
async def get_evidence(
    claim_id: UUID, file_id: UUID, session: Session, caller: ClaimReader, runtime: CurrentRuntime
) -> Response:
    """One attached file 查看证明材料; opening it is in the audit log."""
    claim = await service.get(session, caller, claim_id)
    found = await service.attached(session, claim, file_id)
    content = await runtime.files.get(session, file_id)
    await audit.record(session, "subsidy:evidence:read", caller, file_id, claim=str(claim_id))
    name = evidence.file_name(file_id, found.media_type)
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return Response(content, media_type=found.media_type, headers=headers)


async def _shown(response: Response, session: Session, runtime: CurrentRuntime, claim: Claim) -> ClaimOut:
    tag(response, claim.version)
    return await service.shown(session, runtime.keyring, claim)
