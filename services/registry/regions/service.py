"""Divisions: looking them up, adding local units, dating their types."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.registry.regions import queries
from services.registry.regions.errors import DivisionExists, NoSuchParent, NoSuchPredecessor
from services.registry.regions.models import Division, DivisionSuccession, DivisionType, RegionLoad
from services.registry.regions.places import PlaceIndex
from services.registry.regions.schemas import DatedType, DivisionDetail, DivisionOut, NewDivision
from shared import audit, regions
from shared.auth import Principal
from shared.errors import FieldError, NotFound, Text

_NOT_BELOW = Text("只能在本地区范围内操作", "Only below your own region")


async def get(session: AsyncSession, code: str) -> Division:
    """Raises `NotFound`."""
    division = (await session.execute(queries.BY_CODE, {"code": code})).scalar_one_or_none()
    if division is None:
        raise NotFound
    return division


async def detail(session: AsyncSession, code: str) -> DivisionDetail:
    """A division with its types and predecessors. Raises `NotFound`."""
    division = await get(session, code)
    types = (await session.execute(queries.TYPES, {"code": code})).scalars()
    predecessors = (await session.execute(queries.PREDECESSORS, {"code": code})).scalars()
    return DivisionDetail(
        **DivisionOut.model_validate(division).model_dump(),
        types=[DatedType.model_validate(each) for each in types],
        predecessors=list(predecessors),
    )


async def children(session: AsyncSession, parent: str | None, after: str, limit: int) -> Sequence[Division]:
    """Divisions directly below `parent` (provinces without one), in the order of their codes."""
    values = {"parent": parent, "after": after, "limit": limit}
    statement = queries.PROVINCES if parent is None else queries.CHILDREN
    return (await session.execute(statement, values)).scalars().all()


async def names(session: AsyncSession, codes: Sequence[str]) -> dict[str, str]:
    """Names of those codes that exist."""
    rows = await session.execute(queries.NAMES, {"codes": sorted(set(codes))})
    return {row.code: row.name for row in rows}


async def place_index(session: AsyncSession) -> PlaceIndex:
    """All loaded divisions down to counties, ready to find written places."""
    rows = await session.execute(queries.DOWN_TO_COUNTIES)
    return PlaceIndex((row.code, row.name) for row in rows)


async def add(session: AsyncSession, caller: Principal, new: NewDivision) -> DivisionDetail:
    """Add a local management unit below the caller's region, issued by it."""
    _require_below(caller, new.code)
    parent = regions.parent(new.code)
    known = await names(session, [*new.predecessors, *([parent] if parent else [])])
    if parent not in known:
        raise NoSuchParent(errors=[FieldError("/code", NoSuchParent.title, "no_parent")])
    if any(code not in known or code == new.code for code in new.predecessors):
        raise NoSuchPredecessor(errors=[FieldError("/predecessors", NoSuchPredecessor.title, "unknown")])
    values = {
        "code": new.code,
        "name": new.name,
        "level": regions.level(new.code).value,
        "parent_code": parent,
        "issuer": caller.region,
        "valid_from": new.valid_from,
        "valid_to": new.valid_to,
    }
    made = await session.scalar(insert(Division).values(values).on_conflict_do_nothing().returning(col(Division.code)))
    if made is None:
        raise DivisionExists
    session.add_all(DivisionSuccession(code=new.code, predecessor=code) for code in sorted(set(new.predecessors)))
    await session.flush()
    await audit.record(session, "registry:region:add", caller, new.code)
    return await detail(session, new.code)


async def set_types(session: AsyncSession, caller: Principal, code: str, types: Sequence[DatedType]) -> DivisionDetail:
    """Replace the dated types of a division in the caller's region. Raises `NotFound` for others."""
    if not (caller.region and regions.contains(caller.region, code)):
        raise NotFound
    await session.execute(queries.BY_CODE.with_for_update(), {"code": code})
    await get(session, code)
    await session.execute(delete(DivisionType).where(col(DivisionType.code) == code))
    unique = {(each.kind, each.valid_from): each for each in types}
    session.add_all(DivisionType(code=code, **each.model_dump()) for each in unique.values())
    await session.flush()
    await audit.record(session, "registry:region:set_types", caller, code, types=[each.kind for each in types])
    return await detail(session, code)


async def load_of(session: AsyncSession, load_id: UUID) -> RegionLoad:
    """Raises `NotFound`."""
    load = await session.get(RegionLoad, load_id)
    if load is None:
        raise NotFound
    return load


def _require_below(caller: Principal, code: str) -> None:
    if not (caller.region and regions.contains(caller.region, code) and code != caller.region):
        raise NoSuchParent(_NOT_BELOW, errors=[FieldError("/code", _NOT_BELOW, "not_below")])
