"""Bringing the registry to the state of a placement, exactly once whatever dies in between.

The job carries the placement's id only and sends the full present state under that id, so a job that runs again, or two
that overtake one another, leave the same spell. No transaction is open during the call.
"""

import asyncio
from datetime import timedelta
from uuid import UUID

from sqlalchemy.exc import DBAPIError

from services.jobs.clients.registry import SpellState, put_spell
from services.jobs.placements import queries, steps
from services.jobs.placements.models import Placement
from services.jobs.tasks import queue
from shared import clock
from shared.client import Answered
from shared.logs import logger
from shared.runtime import Runtime

_REFUSALS = frozenset({404, 409, 422})
"""Answers about the matter itself. Others (401, 403, 429 …) are about the call, and it is made again."""
_FORGOTTEN = timedelta(hours=1)
_LOOK_SECONDS = 600.0
_AT_ONCE = 200
log = logger(__name__)


@queue.task(steps.RECORD)
async def record_spell(runtime: Runtime, placement_id: str) -> None:
    """Tell the registry, then note its answer. An unreachable registry raises, and the queue tries again."""
    async with runtime.database.system_session() as session:
        found = await session.execute(queries.ANY, {"id": UUID(placement_id)})
        placement = found.scalar_one_or_none()
    if placement is None or placement.registry_state != "pending":
        return
    try:
        await put_spell(runtime.clients["registry"], placement.id, _spell(placement))
    except Answered as answer:
        if answer.answer_status not in _REFUSALS:
            raise
        code = str(answer.document_received.get("type", answer.answer_status)).rsplit("/", 1)[-1]
        async with runtime.database.system_session() as session:
            await steps.note_refused(session, placement, code, answer.detail.zh)
        return
    async with runtime.database.system_session() as session:
        await steps.note_recorded(session, placement)


def _spell(placement: Placement) -> SpellState:
    facts = placement.model_dump(include=set(SpellState.model_fields))
    return SpellState(**facts, started_on=placement.hired_on, monthly_wage=placement.monthly_wage_fen)


async def resume_for_ever(runtime: Runtime) -> None:
    """The queue gives a job up after some attempts. What still waits after an hour is taken up again."""
    while True:
        try:
            await resume(runtime)
        except (DBAPIError, OSError) as error:
            log.warning("placements not taken up again", error=type(error).__name__)
        await asyncio.sleep(_LOOK_SECONDS)


async def resume(runtime: Runtime, older_than: timedelta = _FORGOTTEN) -> int:
    """Enqueue anew what the registry has not been told. Returns how many."""
    now = clock.system_now()
    async with runtime.database.system_session() as session:
        found = await session.execute(queries.PENDING, {"until": now - older_than, "limit": _AT_ONCE})
        waiting: list[UUID] = list(found.scalars())
        if waiting:
            await session.execute(queries.TOUCH, {"ids": waiting, "now": now})
        for placement_id in waiting:
            await queue.defer(session, steps.RECORD, lock=f"placement:{placement_id}", placement_id=str(placement_id))
    return len(waiting)
