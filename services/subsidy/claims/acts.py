"""What every act on a claim does: a new version, a line in its history, an event, an audit entry."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.subsidy.claims.deciding import Decided
from services.subsidy.claims.models import Claim, ClaimAct, ClaimDecision
from services.subsidy.events import ClaimEvent, ClaimState, ClaimStatus
from shared import audit, clock, feed, ids
from shared.auth import Principal


async def note(
    session: AsyncSession,
    claim: Claim,
    caller: Principal,
    act: str,
    status: ClaimStatus,
    comment: str | None = None,
) -> None:
    """Bring a locked claim into a status. Not for a claim that is just being made."""
    claim.version += 1
    await begin(session, claim, caller, act, status, comment)


async def begin(
    session: AsyncSession,
    claim: Claim,
    caller: Principal,
    act: str,
    status: ClaimStatus,
    comment: str | None = None,
) -> None:
    claim.status, claim.changed_on = status.value, clock.today()
    session.add(claim)
    await session.flush()
    session.add(
        ClaimAct(
            county_code=claim.county_code,
            id=ids.new_id(),
            claim_id=claim.id,
            version=claim.version,
            region=claim.region,
            organisation_id=claim.organisation_id,
            act=act,
            status=status.value,
            actor=caller.subject,
            actor_region=caller.region,
            comment=comment,
            at=clock.system_now(),
        )
    )
    await feed.emit(session, event_of(claim))
    await audit.record(session, f"subsidy:claim:{act}", caller, claim.id, status=status.value)


async def keep_decision(
    session: AsyncSession, claim: Claim, occasion: str, decided: Decided, sources: Mapping[str, Any]
) -> None:
    """Store what the pack said, and take over from it what the claim shows."""
    decision = decided.decision
    session.add(
        ClaimDecision(
            county_code=claim.county_code,
            id=ids.new_id(),
            claim_id=claim.id,
            region=claim.region,
            organisation_id=claim.organisation_id,
            occasion=occasion,
            outcome=decision.outcome.value,
            decision=decision.model_dump(mode="json"),
            sources=dict(sources),
            made_at=clock.system_now(),
        )
    )
    transfer = decision.facts.get("transfer")
    claim.pack, claim.pack_digest = decision.pack, decision.digest
    claim.amount_fen = decision.amount
    claim.transfer = str(transfer.value) if transfer else None


def event_of(claim: Claim) -> ClaimEvent:
    return ClaimEvent(
        subject=claim.id,
        version=claim.version,
        effective_on=claim.changed_on,
        county_code=claim.county_code,
        region=claim.region,
        after=ClaimState.model_validate(claim.model_dump(include=set(ClaimState.model_fields))),
    )
