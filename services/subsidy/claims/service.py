"""Claims: drafting and changing them, and showing them with the reasons of what was decided."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.subsidy.claims import acts, deciding, queries, steps
from services.subsidy.claims.deciding import Gathered, Subject
from services.subsidy.claims.errors import EvidenceUnfit, NotDecided, NotTheClaimant, PayeeUnfit, WrongClaimant
from services.subsidy.claims.models import Claim, ClaimAct, ClaimDecision, ClaimEvidence
from services.subsidy.claims.schemas import (
    ActOut,
    ClaimChange,
    ClaimOut,
    ClaimRow,
    EvidenceIn,
    EvidenceOut,
    Explanation,
    NewClaim,
    RefusedBy,
)
from services.subsidy.errors import WrongState
from services.subsidy.events import ClaimStatus
from services.subsidy.payees import service as payees
from services.subsidy.payees.models import Payee
from services.subsidy.policy import explain
from services.subsidy.policy.decision import Decision, Truth
from services.subsidy.policy.model import Outcome
from shared import clock, ids, regions
from shared.auth import Principal
from shared.crypto import Keyring
from shared.database import Database
from shared.errors import FieldError, Invalid, NotFound, StaleVersion, Text

CHANGEABLE = frozenset({ClaimStatus.DRAFT, ClaimStatus.RETURNED, ClaimStatus.REFUSED})


class Read(NamedTuple):
    """A claim as it was before other services were asked."""

    version: int
    subject: Subject


# --- before the transaction ---


async def read(database: Database, caller: Principal, claim_id: UUID) -> Read:
    """What a claim is about, in a short transaction of its own: other services are asked before the one that writes."""
    async with database.session() as session:
        claim = await get(session, caller, claim_id)
        return Read(claim.version, subject_of(claim))


async def gather_new(clients: deciding.Clients, caller: Principal, new: NewClaim) -> Gathered:
    """Facts for a new draft. Raises `WrongClaimant`, and `NotFound` for what is not the caller's."""
    by_organisation = deciding.is_claimed_by_organisations(new.benefit)
    if by_organisation != (caller.org is not None):
        raise WrongClaimant
    if by_organisation and new.placement_id is None:
        raise Invalid(errors=[FieldError("/placement_id", Text("请填写录用记录", "Name the placement"), "missing")])
    subject = Subject(new.benefit, new.person_id, new.placement_id, new.ticket_date, new.fare)
    gathered = await deciding.gather(clients, subject, caller.subject)
    if new.person_id not in (None, gathered.person_id):
        raise NotFound
    own = gathered.organisation_id == caller.org
    in_region = caller.region is not None and regions.contains(caller.region, gathered.region)
    if not (own if by_organisation else in_region):
        raise NotFound
    return gathered


# --- drafting ---


async def draft(session: AsyncSession, caller: Principal, new: NewClaim, gathered: Gathered) -> Claim:
    claim = Claim(
        county_code=regions.county(gathered.region),
        id=ids.new_id(),
        region=gathered.region,
        status=ClaimStatus.DRAFT.value,
        benefit=new.benefit,
        person_id=gathered.person_id,
        organisation_id=caller.org,
        placement_id=new.placement_id,
        payee_id=new.payee_id,
        ticket_date=new.ticket_date,
        fare_fen=new.fare,
        made_by=caller.subject,
        made_at=clock.system_now(),
        changed_on=clock.today(),
    )
    _refuse_future(new)
    await require_payee(session, caller, claim, new.payee_id)
    await acts.begin(session, claim, caller, "draft", ClaimStatus.DRAFT)
    await _attach(session, claim, new.evidence)
    return claim


async def change(session: AsyncSession, caller: Principal, claim_id: UUID, version: int, new: ClaimChange) -> Claim:
    """Raises `StaleVersion`, or `WrongState` once it was submitted."""
    claim = await lock_own(session, caller, claim_id)
    if claim.version != version:
        raise StaleVersion
    if claim.status not in CHANGEABLE:
        raise WrongState
    _refuse_future(new)
    await require_payee(session, caller, claim, new.payee_id)
    claim.payee_id, claim.ticket_date, claim.fare_fen = new.payee_id, new.ticket_date, new.fare
    await session.execute(
        delete(ClaimEvidence).where(
            col(ClaimEvidence.county_code) == claim.county_code, col(ClaimEvidence.claim_id) == claim.id
        )
    )
    await acts.note(session, claim, caller, "change", ClaimStatus(claim.status))
    await _attach(session, claim, new.evidence)
    return claim


async def require_payee(session: AsyncSession, caller: Principal, claim: Claim, payee_id: UUID) -> None:
    """The payee is the claimant's, in the county that pays. Raises `PayeeUnfit`."""
    try:
        payee = await payees.get(session, caller, payee_id)
    except NotFound:
        raise PayeeUnfit from None
    owner = (claim.organisation_id, None) if claim.organisation_id else (None, claim.person_id)
    if payee.county_code != claim.county_code or (payee.organisation_id, payee.person_id) != owner:
        raise PayeeUnfit


async def _attach(session: AsyncSession, claim: Claim, evidence: Sequence[EvidenceIn]) -> None:
    if not evidence:
        return
    accepted = {code for each in deciding.offered(claim.benefit) for proof in each.evidence for code in proof.accepted}
    files = {each.file_id for each in evidence}
    found = set(await session.scalars(queries.FILES, {"files": files}))
    wrong = [i for i, each in enumerate(evidence) if each.code not in accepted or each.file_id not in found]
    if wrong or len(files) != len(evidence):
        raise EvidenceUnfit(errors=[FieldError(f"/evidence/{i}", EvidenceUnfit.title, "evidence") for i in wrong])
    await session.execute(queries.place_files(sorted(files), claim.region))
    session.add_all(
        ClaimEvidence(
            county_code=claim.county_code,
            claim_id=claim.id,
            file_id=each.file_id,
            code=each.code,
            region=claim.region,
            organisation_id=claim.organisation_id,
        )
        for each in evidence
    )
    await session.flush()


def _refuse_future(new: ClaimChange | NewClaim) -> None:
    if new.ticket_date is not None and new.ticket_date > clock.today():
        text = Text("乘车日期不能晚于今天", "The date of the ticket cannot lie in the future")
        raise Invalid(errors=[FieldError("/ticket_date", text, "future")])


# --- reading ---


async def get(session: AsyncSession, caller: Principal, claim_id: UUID) -> Claim:
    """Raises `NotFound`."""
    claim: Claim | None = (await session.execute(queries.visible(caller, claim_id))).scalar_one_or_none()
    if claim is None:
        raise NotFound
    return claim


async def lock(session: AsyncSession, caller: Principal, claim_id: UUID) -> Claim:
    """A claim for change. Raises `NotFound`."""
    statement = queries.visible(caller, claim_id).with_for_update(key_share=True)
    claim: Claim | None = (await session.execute(statement)).scalar_one_or_none()
    if claim is None:
        raise NotFound
    return claim


async def lock_own(session: AsyncSession, caller: Principal, claim_id: UUID) -> Claim:
    """A claim for change by its claimant: the organisation for its own, an officer for a person's. Raises `NotFound`,
    and `NotTheClaimant` for an officer who sees an organisation's claim."""
    claim = await lock(session, caller, claim_id)
    if claim.organisation_id != caller.org:
        raise NotTheClaimant
    return claim


def subject_of(claim: Claim) -> Subject:
    return Subject(claim.benefit, claim.person_id, claim.placement_id, claim.ticket_date, claim.fare_fen)


def row(claim: Claim) -> ClaimRow:
    return ClaimRow.model_validate(_fields(claim))


async def shown(session: AsyncSession, keyring: Keyring, claim: Claim) -> ClaimOut:
    """A claim with everything that belongs to it."""
    at = {"county": claim.county_code, "claim": claim.id}
    history = [ActOut.model_validate(each) for each in await session.scalars(queries.ACTS, at)]
    files = await session.execute(queries.EVIDENCE, {"county": claim.county_code, "claims": [claim.id]})
    step = steps.following(claim)
    return ClaimOut(
        **row(claim).model_dump(),
        next_step=step.code if step else None,
        payee=await _payee(session, keyring, claim),
        evidence=[EvidenceOut.model_validate(each._mapping) for each in files],  # noqa: SLF001 (SQLAlchemy's public name)
        refused_by=await refused_by(session, claim),
        history=history,
    )


async def refused_by(session: AsyncSession, claim: Claim) -> list[RefusedBy]:
    """Why a refused claim was refused; empty for others."""
    if claim.status != ClaimStatus.REFUSED:
        return []
    if claim.limit_refusal is not None:
        return [RefusedBy.model_validate(claim.limit_refusal)]
    kept = await last_decision(session, claim)
    return _conditions_not_held(decision_of(kept))


async def explanation(session: AsyncSession, claim: Claim) -> Explanation:
    """Raises `NotDecided`."""
    kept = await last_decision(session, claim)
    decision = decision_of(kept)
    reasons = await refused_by(session, claim)
    limit = [f"✗ {claim.limit_refusal['zh']} —— 第 {claim.limit_refusal['article']} 条"] if claim.limit_refusal else []
    return Explanation.model_validate(
        {
            "claim_id": claim.id,
            "status": claim.status,
            "occasion": kept.occasion,
            "decided_at": kept.made_at,
            "lines": limit + explain.lines(decision),
            "refused_by": reasons,
            "decision": explain.data(decision),
            "sources": kept.sources,
        }
    )


async def last_decision(session: AsyncSession, claim: Claim) -> ClaimDecision:
    """Raises `NotDecided`."""
    at = {"county": claim.county_code, "claim": claim.id}
    kept: ClaimDecision | None = await session.scalar(queries.LAST_DECISION, at)
    if kept is None:
        raise NotDecided
    return kept


def decision_of(kept: ClaimDecision) -> Decision:
    return Decision.model_validate_json(orjson.dumps(kept.decision))


async def hands(session: AsyncSession, claim: Claim) -> set[str]:
    """Everyone who has had a hand in a claim, in whichever round."""
    statement = select(ClaimAct.actor).where(  # type: ignore[call-overload]
        col(ClaimAct.county_code) == claim.county_code, col(ClaimAct.claim_id) == claim.id
    )
    return set(await session.scalars(statement))


async def attached(session: AsyncSession, claim: Claim, file_id: UUID) -> EvidenceOut:
    """Raises `NotFound` for a file of another claim."""
    files = await session.execute(queries.EVIDENCE, {"county": claim.county_code, "claims": [claim.id]})
    for each in files:
        if each.file_id == file_id:
            return EvidenceOut.model_validate(each._mapping)  # noqa: SLF001 (SQLAlchemy's public name)
    raise NotFound


async def _payee(session: AsyncSession, keyring: Keyring, claim: Claim) -> Any:
    statement = select(Payee).where(col(Payee.county_code) == claim.county_code, col(Payee.id) == claim.payee_id)
    payee = (await session.execute(statement)).scalar_one_or_none()
    return (await payees.masked(session, keyring, [payee]))[0] if payee else None


def _fields(claim: Claim) -> dict[str, Any]:
    return claim.model_dump() | {"fare": claim.fare_fen, "amount": claim.amount_fen}


def _conditions_not_held(decision: Decision) -> list[RefusedBy]:
    if decision.outcome is not Outcome.REFUSED:
        return []
    return [
        RefusedBy(condition=result.id, article=result.article, quote=result.quote, zh=result.says.zh, en=result.says.en)
        for result in decision.conditions
        if result.truth is Truth.NOT_HELD
    ]
