"""Postings: submitting, reviewing, pausing, closing, filling, expiring."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.jobs.events import PostingEvent, PostingFacts
from services.jobs.organisations import service as organisations
from services.jobs.organisations.models import Organisation
from services.jobs.postings import lifecycle, queries
from services.jobs.postings.errors import NotPublished, PostingFull, WrongState
from services.jobs.postings.models import Posting
from services.jobs.postings.schemas import Review
from services.jobs.statements import FIRST, LAST
from shared import audit, clock, feed, regions, versions
from shared.auth import Principal
from shared.errors import FieldError, Forbidden, Invalid, NotFound, Text

_FILTERS = {"kind": None, "status": None, "external_id": None, "organisation": None}
_EVERYWHERE = ("", "~")
_OUTSIDE = Text("只能审核本县备案机构的岗位", "Only postings of organisations filed with your own county")
_NEEDS_REASONS = Text("不予通过应说明理由", "A rejection needs its reasons")
_OVER = Text("岗位有效期已过,请退回修改", "Its last day is past: reject it, so that it is corrected")


async def get(session: AsyncSession, posting_id: UUID) -> Posting:
    """Raises `NotFound`, also for one that the caller may not see."""
    found = (await session.execute(queries.BY_ID, {"id": posting_id})).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


async def get_open(session: AsyncSession, posting_id: UUID) -> tuple[Posting, Organisation]:
    """One to which people may be referred now, and whose it is.

    Raises `NotFound`, `NotPublished`, `NotFiled`, `Suspended`.
    """
    row = (await session.execute(queries.WITH_ORGANISATION, {"id": posting_id})).one_or_none()
    if row is None:
        raise NotFound
    posting, organisation = row
    if posting.status not in lifecycle.REFERABLE or posting.valid_through < clock.today():
        raise NotPublished
    return posting, organisations.require_business(organisation)


async def listed(
    session: AsyncSession,
    caller: Principal,
    work_region: str | None,
    before: UUID | None,
    limit: int,
    **filters: Any,
) -> Sequence[Posting]:
    """An organisation's own; for an officer the published ones of any place, or with a status those its region
    reviews. Newest first. Filters: kind, status, external_id, organisation."""
    low, high = regions.bounds(work_region) if work_region else _EVERYWHERE
    bound: dict[str, Any] = {}
    values = _FILTERS | filters | {"before": before or LAST, "limit": limit, "work_low": low, "work_high": high}
    if caller.org is not None:
        statement, bound = queries.OWN, {"own": caller.org}
    elif values["status"] in (None, "published"):
        statement = queries.OPEN
        del values["status"]
    else:
        if caller.region is None:
            raise Forbidden
        own_low, own_high = regions.bounds(caller.region[:6])
        statement, bound = queries.TO_REVIEW, {"low": own_low, "high": own_high}
    found: Sequence[Posting] = (await session.execute(statement, values | bound)).scalars().all()
    return found


async def review(
    session: AsyncSession, caller: Principal, posting_id: UUID, decision: Review, if_match: str | None
) -> Posting:
    """Publish or reject the very version that the reviewer has read."""
    seen = await get(session, posting_id)
    if caller.region is None or not regions.contains(caller.region, seen.region):
        raise Forbidden(_OUTSIDE)
    posting = await locked(session, posting_id)
    versions.require(if_match, posting.version)
    if posting.status != "in_review":
        raise WrongState
    if decision.decision == "reject":
        if not decision.reasons:
            raise Invalid(errors=[FieldError("/reasons", _NEEDS_REASONS, "missing")])
        posting.status, posting.rejection = "rejected", decision.reasons
    else:
        await organisations.for_business(session, posting.organisation_id)
        if posting.valid_through < clock.today():
            raise WrongState(_OVER)
        posting.published_on = clock.today()
        posting.status = lifecycle.recounted("published", filled=posting.filled, headcount=posting.headcount)
        posting.rejection = []
    await _changed(session, posting)
    await audit.record(session, f"jobs:posting:{decision.decision}", caller, posting.id)
    return posting


async def move(session: AsyncSession, caller: Principal, posting_id: UUID, target: str) -> Posting:
    """Pause, resume (`published`) or close one's own posting; what is so already stays."""
    posting = await locked(session, posting_id)
    if posting.status == target:
        return posting
    if posting.status not in lifecycle.MOVES[target]:
        raise WrongState
    posting.status = target
    await _changed(session, posting)
    await audit.record(session, f"jobs:posting:{target}", caller, posting.id)
    return posting


async def take_vacancy(session: AsyncSession, posting_id: UUID) -> Posting:
    """Fill one vacancy; the last one makes the posting `filled`. Raises `PostingFull`, `WrongState`."""
    posting = await locked(session, posting_id)
    if posting.filled >= posting.headcount:
        raise PostingFull
    if posting.status not in lifecycle.HIREABLE:
        raise WrongState
    await _set_filled(session, posting, posting.filled + 1)
    return posting


async def give_vacancy_back(session: AsyncSession, posting_id: UUID) -> None:
    """A hire was refused: its vacancy is open again."""
    posting = await locked(session, posting_id)
    await _set_filled(session, posting, max(0, posting.filled - 1))


async def expire(session: AsyncSession, today: date, limit: int = 500) -> int:
    """Expire postings whose last day is past. Returns how many."""
    overdue = (await session.execute(queries.OVERDUE, {"today": today, "limit": limit})).scalars().all()
    for posting in overdue:
        posting.status = "expired"
        posting.version += 1
    await session.flush()
    await feed.emit(session, *map(event, overdue))
    return len(overdue)


async def states(session: AsyncSession, after: UUID | None, limit: int) -> Sequence[PostingEvent]:
    found = (await session.execute(queries.STATES, {"after": after or FIRST, "limit": limit})).scalars()
    return [event(each) for each in found]


def event(posting: Posting) -> PostingEvent:
    return PostingEvent(
        subject=posting.id,
        version=posting.version,
        effective_on=clock.today(),
        county_code=posting.region,
        region=posting.region,
        work_region=posting.work_region,
        after=PostingFacts.model_validate(posting, from_attributes=True),
    )


async def locked(session: AsyncSession, posting_id: UUID) -> Posting:
    """For change. Raises `NotFound`."""
    found = (await session.execute(queries.LOCKED, {"id": posting_id})).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


async def _set_filled(session: AsyncSession, posting: Posting, filled: int) -> None:
    posting.filled = filled
    posting.status = lifecycle.recounted(posting.status, filled=filled, headcount=posting.headcount)
    await _changed(session, posting)


async def _changed(session: AsyncSession, posting: Posting) -> None:
    posting.version += 1
    await session.flush()
    await feed.emit(session, event(posting))
