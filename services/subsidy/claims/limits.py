"""Limits: a benefit so many times per person and year, or per placement. Held by a key table without county.

Keys are claimed in the transaction that submits. Of two that come at once the second waits for the first to commit and
then finds the key taken.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.subsidy.claims.deciding import Decided
from services.subsidy.claims.models import Claim, LimitKey
from services.subsidy.policy import decision
from services.subsidy.policy.model import PersonYearLimit


async def use_up(session: AsyncSession, claim: Claim, keys: Sequence[decision.LimitKey]) -> decision.LimitKey | None:
    """Take every key for this claim; the one that was used up already, if any, and then none is kept."""
    for key in sorted(keys, key=str):
        if not await _take(session, claim, key):
            await release(session, claim)
            return key
    return None


async def release(session: AsyncSession, claim: Claim) -> None:
    await session.execute(delete(LimitKey).where(col(LimitKey.claim_id) == claim.id))


def refusal(decided: Decided, key: decision.LimitKey) -> dict[str, Any]:
    """Why a used-up limit refuses: the article and its words, nothing about the other claim."""
    per_year = key.subject == "person"
    limit = next(each for each in decided.benefit.limits if isinstance(each, PersonYearLimit) == per_year)
    article = decided.pack.articles[limit.article]
    times = "一" if key.times == 1 else str(key.times)
    name = decided.benefit.name
    if per_year:
        zh = f"该人员 {key.period} 年的{name.zh}已申报,每人每年只能享受{times}次"
        en = f"the {name.en} of {key.period} was already claimed for this person: {key.times} a year"
    else:
        zh = f"该次就业的{name.zh}已申报,只能享受{times}次"
        en = f"the {name.en} was already claimed for this placement: {key.times} only"
    return {"condition": "limit", "article": article.number, "quote": article.quote, "zh": zh, "en": en}


async def _take(session: AsyncSession, claim: Claim, key: decision.LimitKey) -> bool:
    named = {"benefit": key.benefit, "scope": key.subject, "key": f"{key.id}/{key.period}"}
    for slot in range(1, key.times + 1):
        statement = (
            insert(LimitKey)
            .values(**named, slot=slot, claim_id=claim.id)
            .on_conflict_do_nothing()
            .returning(col(LimitKey.claim_id))
        )
        if await session.scalar(statement) is not None:
            return True
    return False
