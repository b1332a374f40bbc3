"""Divisions: reading them, loading provinces, local units and types."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.registry.permissions import (
    RegionEditor,
    RegionLoader,
    RegionReader,
)
from services.registry.regions import dataset, loading, service
from services.registry.regions.errors import DivisionExists, NoSuchParent, NoSuchPredecessor, NoSuchProvince
from services.registry.regions.schemas import (
    Codes,
    DivisionDetail,
    DivisionOut,
    DivisionPage,
    LoadOut,
    NewDivision,
    NewLoad,
    Place,
    Types,
)
from shared import audit, pagination
from shared.database import Session
from shared.errors import FieldError, Invalid, NotFound, problems
from shared.idempotency import OptionalKey
from shared.pagination import Cursor, Limit
from shared.regions import RegionCode

router = APIRouter(prefix="/v1/regions", tags=["regions 行政区划"])
internal = APIRouter(prefix="/internal/regions", tags=["regions 行政区划"])


@router.get("", responses=problems(Invalid))
async def list_regions(
    request: Request,
    response: Response,
    session: Session,
    _: RegionReader,
    parent: Annotated[RegionCode | None, Query(description="上级区划;为空时列出各省 the division above")] = None,
    cursor: Cursor = None,
    limit: Limit = 200,
) -> DivisionPage:
    """Divisions directly below one 下级区划."""
    pagination.refuse_unknown(request, "parent")
    after = pagination.decode(cursor, 1) or [""]
    found = await service.children(session, parent, after[0], limit)
    following = pagination.encode(found[-1].code) if len(found) == limit else None
    pagination.link_next(request, response, following)
    return DivisionPage(items=[DivisionOut.model_validate(each) for each in found], next=following)


@router.post("", status_code=201, responses=problems(DivisionExists, NoSuchParent, NoSuchPredecessor))
async def add_region(new: NewDivision, session: Session, caller: RegionEditor, once: OptionalKey) -> DivisionDetail:
    """Add a local management unit below one's own region 添加本地管理单元."""
    if (made := await once.claim(session, caller)) is not None:
        return await service.detail(session, made)
    added = await service.add(session, caller, new)
    await once.done(session, added.code)
    return added


@router.get("/place")
async def find_place(
    session: Session, _: RegionReader, place: Annotated[str, Query(min_length=1, max_length=200)]
) -> Place:
    """The division that a written place stands for 按地名查找区划."""
    code = (await service.place_index(session)).find(place)
    return Place(code=code, name=(await service.names(session, [code]))[code] if code else None)


@router.post("/loads", status_code=202, responses=problems(NoSuchProvince))
async def load_regions(new: NewLoad, session: Session, caller: RegionLoader, once: OptionalKey) -> LoadOut:
    """Load provinces from the committed national data, as a background job 导入省级区划数据."""
    if (made := await once.claim(session, caller)) is not None:
        return LoadOut.model_validate(await service.load_of(session, UUID(made)))
    if unknown := sorted(set(new.provinces) - dataset.PROVINCES):
        where = [FieldError(f"/provinces/{new.provinces.index(code)}", NoSuchProvince.title) for code in unknown]
        raise NoSuchProvince(errors=where)
    load = await loading.request(session, new.provinces, caller.subject)
    await audit.record(session, "registry:region:load", caller, load.id, provinces=load.provinces)
    await once.done(session, load.id, 202)
    return LoadOut.model_validate(load)


@router.get("/loads/{load_id}", responses=problems(NotFound))
async def get_load(load_id: UUID, session: Session, _: RegionLoader) -> LoadOut:
    """How far a load has come 区划导入进度."""
    return LoadOut.model_validate(await service.load_of(session, load_id))


@router.get("/{code}", responses=problems(NotFound))
async def get_region(code: RegionCode, session: Session, _: RegionReader) -> DivisionDetail:
    """One division by its code 按代码查询区划."""
    return await service.detail(session, code)


@router.put("/{code}/types", responses=problems(NotFound))
async def set_types(code: RegionCode, new: Types, session: Session, caller: RegionEditor) -> DivisionDetail:
    """Replace the dated types of a division 设置区划类型(脱贫村、有任务村、安置点)."""
    return await service.set_types(session, caller, code, new.types)


@internal.get("/names")
async def get_names(
    session: Session, _: RegionReader, codes: Annotated[list[RegionCode], Query(max_length=200)]
) -> dict[str, str]:
    """Names of divisions by code 区划名称."""
    return await service.names(session, codes)


@internal.post("/names")
async def post_names(wanted: Codes, session: Session, _: RegionReader) -> dict[str, str]:
    """Names of many divisions by code 批量查询区划名称."""
    return await service.names(session, wanted.codes)
