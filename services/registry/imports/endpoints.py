"""Imports: upload, progress, and the refused rows."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, File, Form, Response, UploadFile

from services.registry.imports import service
from services.registry.imports.errors import ImportOutsideRegion, NotFinished, UploadTooLarge
from services.registry.imports.schemas import ImportOut, shown
from services.registry.permissions import Importer
from shared import audit, regions
from shared.database import Session
from shared.errors import NotFound, problems
from shared.regions import RegionCode
from shared.runtime import CurrentRuntime

router = APIRouter(prefix="/v1/imports", tags=["imports 批量导入"])

LARGEST = 20 << 20
"""Bytes of an upload: some 150,000 people."""


@router.post("", status_code=202, responses=problems(ImportOutsideRegion, UploadTooLarge))
async def upload_import(
    file: Annotated[UploadFile, File(description="附件2 表样的 .xlsx 或 .csv the form of annex 2")],
    region: Annotated[RegionCode, Form(description="导入到哪个地区 the region to import into")],
    response: Response,
    session: Session,
    runtime: CurrentRuntime,
    caller: Importer,
) -> ImportOut:
    """Upload people; a job takes them in. The same file again gives the same import (200) 上传人员信息表."""
    if not regions.contains(caller.region or "", region):
        raise ImportOutsideRegion
    content = await file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise UploadTooLarge
    uploaded = await service.upload(session, runtime.files, caller, region, content)
    if uploaded.repeated:
        response.status_code = 200
    return shown(uploaded.found, repeated=uploaded.repeated)


@router.get("/{import_id}", responses=problems(NotFound))
async def get_import(import_id: UUID, session: Session, caller: Importer) -> ImportOut:
    """How far an import has come 导入进度."""
    return shown(await service.get(session, import_id, caller.region or ""))


@router.get(
    "/{import_id}/errors.xlsx",
    responses=problems(NotFound, NotFinished) | {200: {"content": {service.MEDIA_TYPE: {}}}},
    response_class=Response,
)
async def get_errors(import_id: UUID, session: Session, runtime: CurrentRuntime, caller: Importer) -> Response:
    """The refused rows with their reasons, to be mended and uploaded again; audited 下载错误行."""
    found = await service.get(session, import_id, caller.region or "")
    if found.state in {"queued", "running"}:
        raise NotFinished
    if not found.refused:
        raise NotFound
    await audit.record(session, "registry:import:download_errors", caller, found.id)
    content = await service.errors_workbook(session, runtime.files, found)
    name = f'attachment; filename="errors-{found.id}.xlsx"'
    return Response(content, media_type=service.MEDIA_TYPE, headers={"Content-Disposition": name})
