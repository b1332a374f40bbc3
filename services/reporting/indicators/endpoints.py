"""The catalogue of indicators."""

from fastapi import APIRouter, Request

from services.reporting.indicators.model import catalogue
from services.reporting.indicators.schemas import IndicatorOut, Indicators
from services.reporting.permissions import IndicatorReader
from shared import pagination
from shared.errors import Invalid, problems

router = APIRouter(prefix="/v1/indicators", tags=["indicators 指标"])


@router.get("", responses=problems(Invalid))
async def list_indicators(request: Request, _: IndicatorReader) -> Indicators:
    """What each figure counts, with its source document and article 指标目录."""
    pagination.refuse_unknown(request)
    return Indicators(items=[IndicatorOut.model_validate(each.model_dump()) for each in catalogue().values()])
