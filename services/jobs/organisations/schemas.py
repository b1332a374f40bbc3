"""Organisations as the API takes and shows them."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from services.jobs.events import OrganisationKind
from services.jobs.organisations import uscc
from shared.regions import LENGTH, Level, RegionCode

PHONE = r"^\+?[0-9][0-9 \-]{4,18}[0-9]$"


def _county(code: str) -> str:
    if len(code) != LENGTH[Level.COUNTY]:
        raise PydanticCustomError("county_code", "应为 6 位县级代码 (a county code has 6 digits)")
    return code


def _uscc(code: str) -> str:
    if not uscc.has_form(code):
        raise PydanticCustomError("uscc", "统一社会信用代码应为 18 位 (a social credit code has 18 characters)")
    return code


CountyCode = Annotated[RegionCode, AfterValidator(_county)]
Uscc = Annotated[
    str,
    AfterValidator(_uscc),
    Field(pattern=uscc.PATTERN, description="统一社会信用代码 social credit code, GB 32100"),
]
Phone = Annotated[str, Field(pattern=PHONE, description="单位对外联系电话 the organisation's public phone")]


class OrganisationIn(BaseModel):
    """An organisation as registered. A broker (劳务经纪人) has no social credit code."""

    model_config = ConfigDict(extra="forbid")

    kind: OrganisationKind
    name: str = Field(min_length=1, max_length=100)
    region: CountyCode = Field(description="负责备案的县 the county that answers for it")
    uscc: Uscc | None = None
    licence_no: str | None = Field(
        default=None, min_length=1, max_length=50, description="人力资源服务许可证号 HR service licence"
    )
    contact_phone: Phone | None = None


class Remark(BaseModel):
    """What the county should look at; it does not stop anything."""

    code: Literal["uscc_check", "no_uscc", "no_licence"]
    detail: str


class OrganisationOut(BaseModel):
    """An organisation 用人单位或服务机构."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    kind: OrganisationKind
    name: str
    region: CountyCode
    uscc: str | None
    licence_no: str | None
    contact_phone: str | None
    filed: bool = Field(description="是否已备案")
    filed_region: str | None
    filed_on: date | None
    refusal: str | None = Field(description="不予备案的理由 why the county refused to file it")
    status: Literal["active", "suspended"]
    suspension: str | None = Field(description="暂停理由 why it is suspended")
    warnings: list[Remark]


class OrganisationPage(BaseModel):
    """Some organisations, in the order of their ids."""

    items: list[OrganisationOut]
    next: str | None


class Filing(BaseModel):
    """The county's decision 备案决定."""

    model_config = ConfigDict(extra="forbid")

    decision: Literal["file", "refuse"] = "file"
    reason: str | None = Field(default=None, min_length=2, max_length=500)


class Reason(BaseModel):
    """Why."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field(min_length=2, max_length=500)
