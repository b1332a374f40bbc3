"""The present state of all claims, for followers of the feed."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.subsidy.claims.acts import event_of
from services.subsidy.claims.models import Claim
from services.subsidy.events import ClaimEvent


async def claim_states(session: AsyncSession, last: UUID | None, limit: int) -> Sequence[ClaimEvent]:
    """Claims after an id, in the order of their ids."""
    statement = select(Claim).order_by(col(Claim.id)).limit(limit)
    if last is not None:
        statement = statement.where(col(Claim.id) > last)
    return [event_of(claim) for claim in await session.scalars(statement)]
