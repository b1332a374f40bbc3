"""The course of a claim: submitted, examined step by step, approved with its money; returned, rejected, withdrawn.

A claim that is not entitled (any more) is stopped with its reasons, and what it held is given back: the limits it used
up and the money committed to it. Whoever acts does so on the state they read: a claim changed meanwhile is refused.
"""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.subsidy.claims import acts, deciding, limits, queries, service, steps
from services.subsidy.claims.deciding import Decided, Gathered
from services.subsidy.claims.models import Claim
from services.subsidy.claims.schemas import Approval
from services.subsidy.errors import WrongState
from services.subsidy.events import ClaimStatus
from services.subsidy.funds import ledger
from services.subsidy.funds import service as funds
from services.subsidy.funds.ledger import FundKey, Movement
from services.subsidy.funds.models import Account
from services.subsidy.policy.model import Outcome
from shared import regions
from shared.auth import Principal
from shared.errors import StaleVersion
from shared.money import format_yuan

_WITHDRAWABLE = service.CHANGEABLE | steps.OPEN


async def submit(session: AsyncSession, caller: Principal, claim_id: UUID, version: int, gathered: Gathered) -> Claim:
    """Decide a draft and send it on, or refuse it with reasons. Raises `Incomplete` when anything is missing."""
    claim = await service.lock_own(session, caller, claim_id)
    if claim.version != version:
        raise StaleVersion
    if claim.status not in service.CHANGEABLE:
        raise WrongState
    decided = await _decide(session, claim, gathered)
    await limits.release(session, claim)
    claim.submitted_by, claim.reviewed_by, claim.checked_by = caller.subject, None, None
    claim.limit_refusal = None
    await acts.keep_decision(session, claim, "submission", decided, gathered.sources)
    status = ClaimStatus.SUBMITTED
    if decided.decision.outcome is Outcome.REFUSED:
        status = ClaimStatus.REFUSED
    elif used_up := await limits.use_up(session, claim, decided.keys):
        claim.limit_refusal = limits.refusal(decided, used_up)
        status = ClaimStatus.REFUSED
    await acts.note(session, claim, caller, "submit", status)
    return claim


async def examine(
    session: AsyncSession, caller: Principal, claim_id: UUID, step_code: str, comment: str | None
) -> Claim:
    """A step before the approval: the township's review, the county's check."""
    claim = await service.lock(session, caller, claim_id)
    step = steps.require_turn(claim, caller, step_code)
    if step.by_another_person:
        steps.require_other_person(caller, await service.hands(session, claim))
    act = steps.ACTS[step_code]
    if act.status is ClaimStatus.REVIEWED:
        claim.reviewed_by = caller.subject
    else:
        claim.checked_by = caller.subject
    await acts.note(session, claim, caller, act.name, act.status, comment)
    return claim


async def approve(
    session: AsyncSession, caller: Principal, claim_id: UUID, version: int, gathered: Gathered, approval: Approval
) -> Claim:
    """Approve by another person, on fresh facts, and commit the money. Raises `FourEyes` or `FundShort`."""
    claim = await service.lock(session, caller, claim_id)
    if claim.version != version:
        raise StaleVersion
    steps.require_turn(claim, caller, "approval")
    steps.require_other_person(caller, await service.hands(session, claim))
    if await stop_unless_due(session, caller, claim, "approval", gathered):
        return claim
    benefit = steps.benefit_of(claim)
    fund = await funds.paying(session, caller, benefit.fund.code, approval.fund_id)
    assert claim.amount_fen is not None
    claim.approved_by, claim.fund_id, claim.held_in = caller.subject, fund.id, Account.COMMITTED.value
    await acts.note(session, claim, caller, "approve", ClaimStatus.APPROVED, approval.comment)
    movement = Movement(Account.APPROPRIATION, Account.COMMITTED, claim.amount_fen, claim.id)
    await ledger.move(
        session, funds.key_of(fund), "commitment", [movement], document=_document(claim), made_by=caller.subject
    )
    return claim


async def give_back(session: AsyncSession, caller: Principal, claim_id: UUID, comment: str) -> Claim:
    """Return a claim to the claimant, to be corrected and submitted again."""
    claim = await service.lock(session, caller, claim_id)
    steps.require_turn(claim, caller)
    claim.reviewed_by = claim.checked_by = None
    await acts.note(session, claim, caller, "return", ClaimStatus.RETURNED, comment)
    return claim


async def reject(session: AsyncSession, caller: Principal, claim_id: UUID, comment: str) -> Claim:
    """End a claim for good, at its step, or by an approver once it was approved and is not under way to the bank."""
    claim = await service.lock(session, caller, claim_id)
    if claim.status in (ClaimStatus.APPROVED, ClaimStatus.FAILED):
        if not steps.may_cancel_approved(caller):
            raise WrongState
    else:
        steps.require_turn(claim, caller)
    await _end(session, caller, claim, "reject", comment)
    return claim


async def withdraw(session: AsyncSession, caller: Principal, claim_id: UUID, comment: str | None) -> Claim:
    """The claimant takes it back, before it is approved."""
    claim = await service.lock_own(session, caller, claim_id)
    if claim.status not in _WITHDRAWABLE:
        raise WrongState
    await _end(session, caller, claim, "withdraw", comment)
    return claim


async def correct(session: AsyncSession, caller: Principal, claim_id: UUID, payee_id: UUID) -> Claim:
    """Another account after a failed payment: the claim waits for a later batch, which another person approves."""
    claim = await service.lock_own(session, caller, claim_id)
    if claim.status != ClaimStatus.FAILED:
        raise WrongState
    await service.require_payee(session, caller, claim, payee_id)
    claim.payee_id = payee_id
    await acts.note(session, claim, caller, "correct", ClaimStatus.APPROVED)
    return claim


async def stop_unless_due(
    session: AsyncSession, caller: Principal, claim: Claim, occasion: str, gathered: Gathered
) -> bool:
    """Decide a locked claim again on fresh facts. Whether it had to be stopped: refused, or returned for its amount."""
    before = claim.amount_fen
    decided = await _decide(session, claim, gathered)
    refused = decided.decision.outcome is Outcome.REFUSED
    moved = regions.county(gathered.region) != claim.county_code
    if not refused and not moved and decided.decision.amount == before:
        await acts.keep_decision(session, claim, occasion, decided, gathered.sources)
        return False
    if refused:
        await limits.release(session, claim)
        status, why = ClaimStatus.REFUSED, None
    else:
        change = f"应发金额由 {_yuan(before)} 变为 {_yuan(decided.decision.amount)} 元"
        status, why = ClaimStatus.RETURNED, ("人员管理地已变更" if moved else change) + ",请重新提交"
    held = _unbind(claim)
    await acts.keep_decision(session, claim, occasion, decided, gathered.sources)
    await acts.note(session, claim, caller, f"stop_at_{occasion}", status, why)
    await _release(session, caller, claim, held)
    return True


async def stop(session: AsyncSession, caller: Principal, claim: Claim, occasion: str, why: str) -> None:
    """Return a locked claim on which nothing can be decided any more; the money committed to it is given back."""
    held = _unbind(claim)
    await acts.note(session, claim, caller, f"stop_at_{occasion}", ClaimStatus.RETURNED, why)
    await _release(session, caller, claim, held)


async def _decide(session: AsyncSession, claim: Claim, gathered: Gathered) -> Decided:
    at = {"county": claim.county_code, "claims": [claim.id]}
    evidence = [each.code for each in await session.execute(queries.EVIDENCE, at)]
    decided = deciding.decide(service.subject_of(claim), gathered, claim.region, evidence)
    deciding.require_complete(decided.decision)
    return decided


async def _end(session: AsyncSession, caller: Principal, claim: Claim, act: str, comment: str | None) -> None:
    """End a claim unpaid: its limits and its money are free for others."""
    await limits.release(session, claim)
    held = _unbind(claim)
    status = ClaimStatus.REJECTED if act == "reject" else ClaimStatus.WITHDRAWN
    await acts.note(session, claim, caller, act, status, comment)
    await _release(session, caller, claim, held)


def _unbind(claim: Claim) -> tuple[FundKey, Movement] | None:
    """Take the approval and the money off a claim; the status has to follow in the same flush."""
    if claim.held_in is None or claim.fund_id is None or claim.amount_fen is None:
        return None
    movement = Movement(Account(claim.held_in), Account.APPROPRIATION, claim.amount_fen, claim.id)
    fund = FundKey(claim.county_code, claim.fund_id)
    claim.held_in = claim.fund_id = claim.approved_by = None
    return fund, movement


async def _release(
    session: AsyncSession, caller: Principal, claim: Claim, held: tuple[FundKey, Movement] | None
) -> None:
    """What was committed to a claim, or came back from the bank, can be spent on others again."""
    if held is not None:
        fund, movement = held
        await ledger.move(session, fund, "release", [movement], document=_document(claim), made_by=caller.subject)


def _document(claim: Claim) -> str:
    return f"claim {claim.id} v{claim.version}"


def _yuan(fen: int | None) -> str:
    return "-" if fen is None else format_yuan(fen)
