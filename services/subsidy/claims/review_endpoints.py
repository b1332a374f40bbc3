"""The steps of a claim's review: township, county, approval by another person; returning and rejecting."""

from uuid import UUID

from fastapi import APIRouter, Response

from services.subsidy.claims import deciding, review, service
from services.subsidy.claims.errors import Incomplete, NoPolicy, NotYourTurn, PolicyHeld
from services.subsidy.claims.models import Claim
from services.subsidy.claims.schemas import Approval, ClaimOut, Comments, Reasons
from services.subsidy.errors import FourEyes, WrongState
from services.subsidy.funds.errors import FundShort, FundUnclear
from services.subsidy.permissions import ClaimApprover, ClaimChecker, ClaimDecliner, ClaimReviewer
from shared.database import Session
from shared.errors import NotFound, StaleVersion, Unavailable, problems
from shared.idempotency import OptionalKey
from shared.runtime import CurrentRuntime
from shared.versions import tag

router = APIRouter(prefix="/v1/claims/{claim_id}", tags=["claims 补贴申报"])
_STEP = problems(NotFound, WrongState, NotYourTurn, FourEyes)


@router.post("/review", responses=_STEP)
async def review_claim(
    claim_id: UUID,
    given: Comments,
    response: Response,
    session: Session,
    caller: ClaimReviewer,
    runtime: CurrentRuntime,
) -> ClaimOut:
    """The township's review 乡镇初审."""
    claim = await review.examine(session, caller, claim_id, "township_review", given.comment)
    return await _shown(response, session, runtime, claim)


@router.post("/check", responses=_STEP)
async def check_claim(
    claim_id: UUID, given: Comments, response: Response, session: Session, caller: ClaimChecker, runtime: CurrentRuntime
) -> ClaimOut:
    """The county's check 县级复核."""
    claim = await review.examine(session, caller, claim_id, "county_check", given.comment)
    return await _shown(response, session, runtime, claim)


@router.post(
    "/approve",
    responses=_STEP | problems(FundShort, FundUnclear, Incomplete, PolicyHeld, NoPolicy, StaleVersion, Unavailable),
)
async def approve_claim(
    claim_id: UUID,
    given: Approval,
    response: Response,
    session: Session,
    caller: ClaimApprover,
    runtime: CurrentRuntime,
    once: OptionalKey,
) -> ClaimOut:
    """Approval by another person, on fresh facts; the money is committed 县级审批. Stopped when no longer due."""
    before = await service.read(runtime.database, caller, claim_id)
    gathered = await deciding.gather(runtime.clients, before.subject, caller.subject)
    if await once.claim(session, caller, keep="forever") is None:
        claim = await review.approve(session, caller, claim_id, before.version, gathered, given)
        await once.done(session, claim.id, 200)
    else:
        claim = await service.get(session, caller, claim_id)
    return await _shown(response, session, runtime, claim)


@router.post("/return", responses=_STEP)
async def return_claim(
    claim_id: UUID, given: Reasons, response: Response, session: Session, caller: ClaimDecliner, runtime: CurrentRuntime
) -> ClaimOut:
    """Return for correction, with comments 退回修改."""
    claim = await review.give_back(session, caller, claim_id, given.comment)
    return await _shown(response, session, runtime, claim)


@router.post("/reject", responses=_STEP)
async def reject_claim(
    claim_id: UUID, given: Reasons, response: Response, session: Session, caller: ClaimDecliner, runtime: CurrentRuntime
) -> ClaimOut:
    """Reject for good, with reasons 驳回."""
    claim = await review.reject(session, caller, claim_id, given.comment)
    return await _shown(response, session, runtime, claim)


async def _shown(response: Response, session: Session, runtime: CurrentRuntime, claim: Claim) -> ClaimOut:
    tag(response, claim.version)
    return await service.shown(session, runtime.keyring, claim)
