"""Imports as the API shows them."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from services.registry.imports.models import PersonImport
from shared.regions import RegionCode


class ImportOut(BaseModel):
    """How far an import has come 导入进度."""

    id: UUID
    region: RegionCode
    state: Literal["queued", "running", "done", "failed"]
    rows: int | None = Field(description="待处理行数;读取前为空,完成前为上限 an upper bound until done")
    done: int = Field(description="已登记 registered")
    refused: int = Field(description="未接收 refused")
    rate: float | None = Field(description="每秒行数 rows a second")
    seconds_left: int | None = Field(description="预计剩余秒数 estimated")
    failure: dict[str, Any] | None = Field(description="整个文件无法读取的原因 why the file as a whole was not read")
    made_at: datetime
    errors_url: str | None = Field(description="错误行工作簿 workbook of the refused rows")
    repeated: bool = Field(description="同一文件此前已上传 the same file was uploaded before")


def shown(found: PersonImport, *, repeated: bool = False) -> ImportOut:
    settled = found.done + found.refused
    seconds = (found.moved_at - found.started_at).total_seconds() if found.moved_at and found.started_at else 0.0
    rate = settled / seconds if settled and seconds > 0 else None
    running = found.state == "running" and rate is not None and found.rows is not None
    return ImportOut(
        id=found.id,
        region=found.region,
        state=found.state,
        rows=found.rows,
        done=found.done,
        refused=found.refused,
        rate=round(rate, 1) if rate else None,
        seconds_left=max(0, round(((found.rows or 0) - settled) / rate)) if running and rate else None,
        failure=found.failure,
        made_at=found.made_at,
        errors_url=f"/registry/v1/imports/{found.id}/errors.xlsx" if found.refused else None,
        repeated=repeated,
    )
