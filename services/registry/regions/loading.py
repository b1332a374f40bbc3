"""Loading provinces from the committed data, in chunks that commit; what was interrupted goes on where it stopped."""

import asyncio
from collections.abc import Iterator, Sequence
from itertools import islice
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.regions import dataset, queries
from services.registry.regions.dataset import Division
from services.registry.regions.models import RegionLoad
from services.registry.tasks import queue
from shared import ids, regions
from shared.database import Database
from shared.runtime import Runtime

CHUNK = 5_000


async def request(session: AsyncSession, provinces: Sequence[str], made_by: str) -> RegionLoad:
    """Note a load and enqueue its job in the caller's transaction."""
    load = RegionLoad(id=ids.new_id(), provinces=sorted(set(provinces)), made_by=made_by)
    session.add(load)
    await session.flush()
    await queue.defer(session, "load_regions", lock="load_regions", load_id=str(load.id))
    return load


async def load_now(database: Database, provinces: Sequence[str], made_by: str = "operator") -> int:
    """Load without a job, as the command line and the demo do. Returns how many divisions the provinces have."""
    load = RegionLoad(id=ids.new_id(), provinces=sorted(set(provinces)), made_by=made_by)
    async with database.system_session() as session:
        session.add(load)
    return await run(database, load.id)


@queue.task("load_regions")
async def _load_regions(runtime: Runtime, load_id: str) -> None:
    await run(runtime.database, UUID(load_id))


async def run(database: Database, load_id: UUID) -> int:
    """Carry a load to its end, or on from where it stopped. Returns its total."""
    async with database.system_session() as session:
        load = await _locked(session, load_id)
        provinces, last = list(load.provinces), load.last_code
        if load.total is None:
            load.total = await asyncio.to_thread(_count, provinces)
        load.state = "running"
        total = load.total
    rows = (division for division in dataset.read(provinces) if division.code > last)
    while chunk := await asyncio.to_thread(_take, rows):
        await _store(database, load_id, chunk)
    async with database.system_session() as session:
        (await _locked(session, load_id)).state = "done"
    return total


async def _store(database: Database, load_id: UUID, chunk: list[Division]) -> None:
    """One chunk and the place reached, together. A chunk that another run has stored meanwhile is left out."""
    async with database.system_session() as session:
        load = await _locked(session, load_id)
        fresh = [division for division in chunk if division.code > load.last_code]
        if fresh:
            await upsert(session, fresh)
            load.done += len(fresh)
            load.last_code = fresh[-1].code


async def upsert(session: AsyncSession, divisions: Sequence[Division]) -> None:
    """Insert divisions or correct their names. Local units stay as their issuer wrote them."""
    await session.execute(
        queries.UPSERT,
        {
            "codes": [division.code for division in divisions],
            "names": [division.name for division in divisions],
            "levels": [regions.level(division.code).value for division in divisions],
            "parents": [regions.parent(division.code) for division in divisions],
            "dates": [dataset.VALID_FROM] * len(divisions),
        },
    )


async def _locked(session: AsyncSession, load_id: UUID) -> RegionLoad:
    return (await session.execute(queries.LOAD_FOR_UPDATE, {"id": load_id})).scalar_one()


def _count(provinces: Sequence[str]) -> int:
    return sum(1 for _ in dataset.read(provinces))


def _take(rows: Iterator[Division]) -> list[Division]:
    return list(islice(rows, CHUNK))
