"""Reading divisions."""

from fastapi import APIRouter

from services.registry.permissions import RegionReader
from services.registry.regions import service
from services.registry.regions.schemas import DivisionOut
from shared.database import Session
from shared.errors import NotFound, problems
from shared.regions import RegionCode

router = APIRouter(prefix="/v1/regions", tags=["regions 行政区划"])


@router.get("/{code}", responses=problems(NotFound))
async def get_region(code: RegionCode, session: Session, _: RegionReader) -> DivisionOut:
    """One division by its code 按代码查询区划."""
    return DivisionOut.model_validate(await service.get(session, code))
