"""The quarterly form of Yunnan 2017 no. 100, annex 3, as data and as a workbook."""

import hashlib
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Header, Query, Request, Response

from services.reporting.forms import service
from services.reporting.forms.model import load
from services.reporting.forms.schemas import FormOut, Signatures
from services.reporting.forms.service import Filled, Quarter
from services.reporting.periods import FuturePeriod
from services.reporting.permissions import FigureReader
from shared import pagination
from shared.errors import Invalid, NotFound, Unavailable, problems
from shared.regions import RegionCode
from shared.runtime import CurrentRuntime

router = APIRouter(
    prefix="/v1/forms", tags=["forms 报表"], responses=problems(NotFound, FuturePeriod, Invalid, Unavailable)
)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_UNSIGNED = Signatures()


async def _asked(
    request: Request,
    region: RegionCode,
    year: Annotated[int, Query(ge=2000, le=2199, description="年 year")],
    quarter: Annotated[int, Query(ge=1, le=4, description="季度 quarter")],
) -> Quarter:
    pagination.refuse_unknown(request, "region", "year", "quarter")
    return Quarter(region, year, quarter)


Asked = Annotated[Quarter, Depends(_asked)]
IfNoneMatch = Annotated[str | None, Header(max_length=1000)]
_Responses = dict[int | str, dict[str, Any]]
_NOT_MODIFIED: _Responses = {304: {"description": "与 If-None-Match 相同 unchanged"}}
_WORKBOOK: _Responses = {200: {"content": {XLSX: {"schema": {"type": "string", "format": "binary"}}}}}


@router.get("/annex3", response_model=FormOut, responses=_NOT_MODIFIED)
async def read_annex3(
    response: Response, runtime: CurrentRuntime, caller: FigureReader, asked: Asked, if_none_match: IfNoneMatch = None
) -> FormOut | Response:
    """The quarterly form with exact figures, of a region and the places directly below it 就业扶贫季报表."""
    filled = await service.fill(runtime, caller, load("annex3"), asked, _UNSIGNED)
    etag = filled.etag()
    if _same(if_none_match, etag):
        return Response(status_code=304, headers={"ETag": etag})
    response.headers["ETag"] = etag
    return FormOut.model_validate(filled.document())


@router.get("/annex3.xlsx", response_class=Response, responses=_NOT_MODIFIED | _WORKBOOK)
async def print_annex3(
    runtime: CurrentRuntime, caller: FigureReader, asked: Asked, if_none_match: IfNoneMatch = None
) -> Response:
    """The form as a workbook with empty signature lines, and the summary of the places below 季报表(待签)."""
    filled = await service.fill(runtime, caller, load("annex3"), asked, _UNSIGNED)
    return _workbook(filled, if_none_match)


@router.post("/annex3.xlsx", response_class=Response, responses=_WORKBOOK)
async def print_signed_annex3(
    runtime: CurrentRuntime, caller: FigureReader, asked: Asked, signed: Signatures
) -> Response:
    """The same workbook with the names of who filled it in and who reviewed it; nothing is stored 季报表(署名)."""
    filled = await service.fill(runtime, caller, load("annex3"), asked, signed)
    return _workbook(filled, None)


def _workbook(filled: Filled, if_none_match: str | None) -> Response:
    content = filled.workbook()
    headers = {"ETag": f'"{hashlib.sha256(content).hexdigest()[:32]}"'}
    if _same(if_none_match, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    name = f"{filled.form.title}-{filled.asked.region}-{filled.asked.year}Q{filled.asked.quarter}.xlsx"
    headers["Content-Disposition"] = f"attachment; filename=\"annex3.xlsx\"; filename*=UTF-8''{quote(name)}"
    return Response(content, media_type=XLSX, headers=headers)


def _same(if_none_match: str | None, etag: str) -> bool:
    """Weak comparison, as If-None-Match asks for."""
    given = [each.strip().removeprefix("W/") for each in (if_none_match or "").split(",")]
    return etag.removeprefix("W/") in given
