"""Single figures."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request

from services.reporting.indicators.model import catalogue
from services.reporting.periods import FuturePeriod, require_begun
from services.reporting.permissions import FigureReader
from services.reporting.values import service
from services.reporting.values.errors import NoSuchIndicator
from services.reporting.values.schemas import ValueOut
from shared import pagination
from shared.database import Session
from shared.errors import FieldError, Invalid, NotFound, problems
from shared.regions import RegionCode

router = APIRouter(prefix="/v1/values", tags=["values 数值"])

Month = Annotated[str, Query(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$", examples=["2018-06"], description="月份 month")]


@router.get("", responses=problems(NotFound, NoSuchIndicator, FuturePeriod, Invalid))
async def get_value(
    request: Request, session: Session, caller: FigureReader, indicator: str, region: RegionCode, month: Month
) -> ValueOut:
    """An indicator as of a month's end: a stock on its last day, a flow since 1 January 单项数值."""
    pagination.refuse_unknown(request, "indicator", "region", "month")
    service.require_below(caller, region)
    definition = catalogue().get(indicator)
    if definition is None:
        raise NoSuchIndicator(errors=[FieldError("/query/indicator", NoSuchIndicator.title, "unknown")])
    first = date.fromisoformat(f"{month}-01")
    require_begun(first, "month")
    found = await service.figures(session, region, [indicator], first, places_below=False)
    return ValueOut(
        indicator=indicator,
        region=region,
        month=month,
        kind=definition.kind,
        unit=definition.unit,
        value=definition.unit.exact(found.of(region, indicator)),
        freshness=dict(found.freshness),
    )
