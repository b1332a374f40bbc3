"""Payments that have ended, as events and for the snapshot."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.subsidy.batches.models import PaymentBatch, PaymentLine
from services.subsidy.claims.models import Claim
from services.subsidy.events import PaymentEvent, PaymentFacts, PaymentState
from services.subsidy.funds.models import Fund
from shared import clock

_ENDED = [state.value for state in PaymentState]


async def payment_states(session: AsyncSession, last: UUID | None, limit: int) -> Sequence[PaymentEvent]:
    """Ended lines after an id, in the order of their ids."""
    line, claim, batch, fund = PaymentLine, Claim, PaymentBatch, Fund
    same_claim = (col(claim.county_code) == col(line.county_code)) & (col(claim.id) == col(line.claim_id))
    same_batch = (col(batch.county_code) == col(line.county_code)) & (col(batch.id) == col(line.batch_id))
    same_fund = (col(fund.county_code) == col(batch.county_code)) & (col(fund.id) == col(batch.fund_id))
    statement = (
        select(line, claim, fund)
        .join(claim, same_claim)
        .join(batch, same_batch)
        .join(fund, same_fund)
        .where(col(line.state).in_(_ENDED))
        .order_by(col(line.id))
        .limit(limit)
    )
    if last is not None:
        statement = statement.where(col(line.id) > last)
    return [event_of(*row) for row in await session.execute(statement)]


def event_of(line: PaymentLine, claim: Claim, fund: Fund) -> PaymentEvent:
    """An ended line; the bank's business date is when it took effect."""
    state = PaymentState(line.state)
    return PaymentEvent(
        subject=line.id,
        version=line.version,
        effective_on=line.settled_on or clock.today(),
        county_code=line.county_code,
        region=line.region,
        after=PaymentFacts(
            claim_id=claim.id,
            benefit=claim.benefit,
            fund=fund.code,
            person_id=claim.person_id,
            organisation_id=claim.organisation_id,
            placement_id=claim.placement_id,
            amount_fen=line.amount_fen,
            state=state,
            paid_on=line.settled_on if state is PaymentState.PAID else None,
            transfer=claim.transfer,
        ),
    )
