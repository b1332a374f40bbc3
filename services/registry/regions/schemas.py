"""Divisions as the API takes and shows them."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from shared.regions import Level, RegionCode

Province = Annotated[str, Field(pattern="^[1-9][0-9]$", examples=["53"], description="省级代码 province code")]
TypeKind = Literal["poor", "tasked", "resettlement"]


class DivisionOut(BaseModel):
    """A division 行政区划."""

    model_config = ConfigDict(from_attributes=True)

    code: RegionCode
    name: str
    level: Level
    parent_code: RegionCode | None
    issuer: str | None = Field(description="添加本地管理单元的地区;国家数据为空 who added it; null for national data")
    valid_from: date
    valid_to: date | None


class DatedType(BaseModel):
    """脱贫村 poor, 有任务村 tasked, 易地搬迁安置点 resettlement, with its time. `valid_to` is the first day after."""

    model_config = ConfigDict(from_attributes=True, extra="forbid")

    kind: TypeKind
    valid_from: date
    valid_to: date | None = None

    @model_validator(mode="after")
    def _ordered(self) -> "DatedType":
        require_order(self.valid_from, self.valid_to)
        return self


class DivisionDetail(DivisionOut):
    """A division with its types and predecessors."""

    types: list[DatedType]
    predecessors: list[RegionCode]


class DivisionPage(BaseModel):
    """Some divisions below one 下级区划."""

    items: list[DivisionOut]
    next: str | None


class NewDivision(BaseModel):
    """A local management unit 本地管理单元, below the region that adds it."""

    model_config = ConfigDict(extra="forbid")

    code: RegionCode
    name: str = Field(min_length=1, max_length=100)
    valid_from: date
    valid_to: date | None = None
    predecessors: list[RegionCode] = Field(default=[], max_length=50)

    @model_validator(mode="after")
    def _ordered(self) -> "NewDivision":
        require_order(self.valid_from, self.valid_to)
        return self


class Types(BaseModel):
    """All dated types of one division; what is left out is removed."""

    model_config = ConfigDict(extra="forbid")

    types: list[DatedType] = Field(max_length=20)


class NewLoad(BaseModel):
    """Which provinces to load 需要导入的省份."""

    model_config = ConfigDict(extra="forbid")

    provinces: list[Province] = Field(min_length=1, max_length=34)


class LoadOut(BaseModel):
    """How far a load has come 导入进度."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    provinces: list[Province]
    state: Literal["queued", "running", "done", "failed"]
    done: int
    total: int | None = Field(description="开始前为空 null until counted")


class Codes(BaseModel):
    """Codes to be named."""

    model_config = ConfigDict(extra="forbid")

    codes: list[RegionCode] = Field(max_length=2000)


class Place(BaseModel):
    """What a written place stands for; null when it is unknown or ambiguous."""

    code: RegionCode | None
    name: str | None


def require_order(valid_from: date, valid_to: date | None) -> None:
    if valid_to is not None and valid_to <= valid_from:
        raise PydanticCustomError("validity", "结束日期应晚于开始日期 (The end should be after the beginning)")
