"""Submitting postings, one or a thousand: each is judged on its own, and upserted by the organisation's own id.

The number of statements does not depend on the number of postings.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, Literal, NamedTuple
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from services.jobs.organisations import service as organisations
from services.jobs.organisations.models import Organisation
from services.jobs.postings import content, lifecycle, queries
from services.jobs.postings.errors import PostingRefused
from services.jobs.postings.models import Posting, PostingBatch
from services.jobs.postings.schemas import BulkResult, ItemError, ItemResult, PostingIn
from services.jobs.postings.service import event
from shared import audit, clock, feed, ids
from shared.auth import Principal
from shared.errors import FieldError, NotFound, Text
from shared.problem_handlers import invalid

Outcome = Literal["created", "updated", "unchanged", "refused"]

_TWICE = Text("本次请求中该岗位编号重复", "This external id stands twice in the request")
_BELOW_FILLED = Text("招聘人数不能少于已录用人数 {filled}", "Fewer vacancies than people hired already: {filled}")


class Item(NamedTuple):
    """One posting of a request: read, or refused with the reasons. `prefix` is the JSON pointer to it."""

    position: int
    prefix: str
    external_id: str | None
    posting: PostingIn | None
    errors: tuple[FieldError, ...] = ()


class Result(NamedTuple):
    """What became of one item."""

    item: Item
    outcome: Outcome
    posting: Posting | None = None


async def submit_one(
    session: AsyncSession, caller: Principal, given: PostingIn, *, validate_only: bool
) -> tuple[Posting | None, Outcome]:
    """Upsert one posting. None with `validate_only`. Raises `PostingRefused`, naming each field."""
    organisation = await organisations.for_business(session, own(caller))
    item = Item(0, "", given.external_id, given, tuple(content.faults(given, clock.today())))
    result = (await _store(session, caller, organisation, [item], validate_only=validate_only))[0]
    if result.outcome == "refused":
        raise PostingRefused(errors=result.item.errors)
    return result.posting, result.outcome


async def submit_many(
    session: AsyncSession, caller: Principal, raw: Sequence[Any], *, validate_only: bool
) -> tuple[UUID | None, list[dict[str, Any]]]:
    """Upsert what can be; what became of each item is kept under the id that is returned (None: validated only)."""
    organisation = await organisations.for_business(session, own(caller))
    items = judged(raw, clock.today())
    results = await _store(session, caller, organisation, items, validate_only=validate_only)
    kept = [_kept(result) for result in results]
    if validate_only:
        return None, kept
    batch = PostingBatch(id=ids.new_id(), organisation_id=organisation.id, results=kept)
    session.add(batch)
    await session.flush()
    return batch.id, kept


async def batch(session: AsyncSession, batch_id: UUID) -> PostingBatch:
    """Raises `NotFound`, also for another organisation's."""
    found = (await session.execute(queries.BATCH, {"id": batch_id})).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


def own(caller: Principal) -> UUID:
    if caller.org is None:
        raise NotFound
    return caller.org


def judged(raw: Sequence[Any], today: date) -> list[Item]:
    """Each item read and checked by itself; pointers lead into the whole request."""
    seen: set[str] = set()
    items = []
    for index, each in enumerate(raw):
        item = _judge(index, each, today)
        if item.posting is not None and item.posting.external_id in seen:
            twice = FieldError(f"{item.prefix}/external_id", _TWICE, "duplicate")
            item = item._replace(errors=(*item.errors, twice))
        elif item.posting is not None and not item.errors:
            seen.add(item.posting.external_id)
        items.append(item)
    return items


def _judge(index: int, raw: Any, today: date) -> Item:
    prefix = f"/items/{index}"
    try:
        posting = PostingIn.model_validate(raw)
    except ValidationError as error:
        external_id = raw.get("external_id") if isinstance(raw, dict) else None
        known = external_id[:64] if isinstance(external_id, str) else None
        return Item(index, prefix, known, None, invalid([dict(each) for each in error.errors()], prefix).errors)
    errors = tuple(each._replace(pointer=prefix + each.pointer) for each in content.faults(posting, today))
    return Item(index, prefix, posting.external_id, posting, errors)


async def _store(
    session: AsyncSession, caller: Principal, organisation: Organisation, items: Sequence[Item], *, validate_only: bool
) -> list[Result]:
    good = [item.posting.external_id for item in items if item.posting is not None and not item.errors]
    await session.execute(queries.ONE_AT_A_TIME, {"own": str(organisation.id)})
    found = await session.execute(queries.BY_EXTERNAL_IDS, {"own": organisation.id, "external_ids": good})
    existing = {row.external_id: row for row in found.scalars()}
    results = [_result(item, organisation, existing, validate_only=validate_only) for item in items]
    touched = [r.posting for r in results if r.outcome in ("created", "updated") and r.posting is not None]
    if not validate_only:
        session.add_all(touched)
        await session.flush()
        await feed.emit(session, *map(event, touched))
        await audit.record(
            session, "jobs:posting:submit", caller, organisation.id, items=len(items), touched=len(touched)
        )
    return results


def _result(item: Item, organisation: Organisation, existing: dict[str, Posting], *, validate_only: bool) -> Result:
    if item.posting is None or item.errors:
        return Result(item, "refused")
    values = lifecycle.content(item.posting)
    row = existing.get(item.posting.external_id)
    if row is None:
        return Result(item, "created", None if validate_only else _made(organisation, values))
    if item.posting.headcount < row.filled:
        pointer = f"{item.prefix}/headcount"
        return Result(item._replace(errors=(_below(pointer, row.filled),)), "refused")
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    if not changed:
        return Result(item, "unchanged", row)
    if not validate_only:
        _edit(row, organisation, changed)
    return Result(item, "updated", row)


def _below(pointer: str, filled: int) -> FieldError:
    return FieldError(pointer, _BELOW_FILLED.format(filled=filled), "below_filled")


def _made(organisation: Organisation, values: dict[str, Any]) -> Posting:
    return Posting(
        id=ids.new_id(), organisation_id=organisation.id, region=organisation.region, status="in_review", **values
    )


def _edit(row: Posting, organisation: Organisation, changed: dict[str, Any]) -> None:
    headcount = changed.get("headcount", row.headcount)
    row.status = lifecycle.edited(row.status, changed, filled=row.filled, headcount=headcount)
    row.region = organisation.region
    row.version += 1
    for name, value in changed.items():
        setattr(row, name, value)


def _kept(result: Result) -> dict[str, Any]:
    """One result as it is stored: both languages, so that it can be shown again in either."""
    return {
        "index": result.item.position,
        "external_id": result.item.external_id,
        "outcome": result.outcome,
        "posting_id": str(result.posting.id) if result.posting else None,
        "status": result.posting.status if result.posting else None,
        "errors": [{"pointer": e.pointer, "text": list(e.text), "code": e.code} for e in result.item.errors],
    }


def shown(batch_id: UUID | None, kept: Sequence[dict[str, Any]], language: str) -> BulkResult:
    refused = sum(each["outcome"] == "refused" for each in kept)
    return BulkResult(
        id=batch_id,
        validate_only=batch_id is None,
        accepted=len(kept) - refused,
        refused=refused,
        results=[_shown(each, language) for each in kept],
    )


def _shown(kept: dict[str, Any], language: str) -> ItemResult:
    errors = [
        ItemError(pointer=each["pointer"], detail=Text(*each["text"]).pick(language), code=each["code"])
        for each in kept["errors"]
    ]
    return ItemResult.model_validate(kept | {"errors": errors})
