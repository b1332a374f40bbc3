"""Postings as the API takes and shows them. Wages are decimal strings of yuan."""

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, SkipValidation

from services.jobs.events import PostingKind, PostingStatus
from services.jobs.organisations.schemas import Phone, Uscc
from shared.money import Fen, FenIn
from shared.regions import RegionCode

LEGAL_AGE = 16
"""禁止使用未满十六周岁的未成年人: Labour Law (劳动法), article 15."""
LARGEST_BULK = 1000

WageUnit = Literal["month", "day", "hour"]
Capacity = Literal["skilled", "normal", "weak", "half"]
Insurance = Literal["pension", "medical", "unemployment", "injury", "maternity", "accident"]
Contract = Literal["labor", "service", "none"]
Word = Annotated[str, Field(min_length=1, max_length=30)]
ExternalId = Annotated[
    str, Field(min_length=1, max_length=64, pattern=r"^[!-~]+$", description="本单位岗位编号 the organisation's own id")
]


class PublicPost(BaseModel):
    """The five fields of a public post's notice 公益性岗位公告五要素. Rules: S001-W2"""

    model_config = ConfigDict(extra="forbid")

    duties: str = Field(min_length=2, max_length=500, description="职责")
    requirements: str = Field(min_length=2, max_length=500, description="要求")
    pay: str = Field(min_length=2, max_length=200, description="薪酬")
    hours: str = Field(min_length=2, max_length=200, description="时长")
    period: str = Field(min_length=2, max_length=200, description="在岗时间")


class PostingIn(BaseModel):
    """A posting as an organisation submits it."""

    model_config = ConfigDict(extra="forbid")

    external_id: ExternalId
    kind: PostingKind = "unit"
    title: str = Field(min_length=2, max_length=100)
    occupation: str = Field(min_length=2, max_length=50, description="职业或工种名称")
    occupation_code: str | None = Field(
        default=None, pattern=r"^[1-8](-[0-9]{2}){0,3}$", description="职业分类大典(2022)代码"
    )
    employer_name: str = Field(min_length=2, max_length=100)
    employer_uscc: Uscc | None = None
    work_region: RegionCode = Field(description="工作地区划代码,2 至 12 位")
    work_address: str | None = Field(default=None, min_length=2, max_length=200)
    headcount: int = Field(ge=1, le=10_000)
    wage_from: FenIn
    wage_to: FenIn
    wage_unit: WageUnit = "month"
    hours: str | None = Field(default=None, min_length=2, max_length=200, description="工作时间")
    contract: Contract = Field(default="labor", description="劳动合同 labor、劳务协议 service、不签 none")
    insurance: list[Insurance] = Field(default=[], max_length=6)
    board: bool = Field(default=False, description="包吃")
    lodging: bool = Field(default=False, description="包住")
    requirements: str | None = Field(default=None, max_length=2000)
    min_age: int = Field(default=LEGAL_AGE, ge=LEGAL_AGE, le=100)
    max_age: int | None = Field(default=None, ge=LEGAL_AGE, le=100)
    skills: list[Word] = Field(default=[], max_length=20)
    capacities: list[Capacity] = Field(
        default=["skilled", "normal"],
        min_length=1,
        max_length=4,
        description="适合的劳动能力 labor capacities it suits",
    )
    valid_through: date
    contact_phone: Phone
    public_post: PublicPost | None = Field(default=None, description="公益性岗位必填")


class PostingOut(BaseModel):
    """A posting 岗位."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    organisation_id: UUID
    external_id: str
    region: RegionCode = Field(description="负责审核的县")
    status: PostingStatus
    filled: int
    kind: PostingKind
    title: str
    occupation: str
    occupation_code: str | None
    employer_name: str
    employer_uscc: str | None
    work_region: RegionCode
    work_address: str | None
    headcount: int
    wage_from: Fen = Field(validation_alias="wage_from_fen")
    wage_to: Fen = Field(validation_alias="wage_to_fen")
    wage_unit: WageUnit
    hours: str | None
    contract: Contract
    insurance: list[Insurance]
    board: bool
    lodging: bool
    requirements: str | None
    min_age: int
    max_age: int | None
    skills: list[str]
    capacities: list[Capacity]
    valid_through: date
    contact_phone: str
    public_post: PublicPost | None
    published_on: date | None
    rejection: list[str] = Field(description="未通过审核的理由")


class PostingPage(BaseModel):
    """Some postings, newest first."""

    items: list[PostingOut]
    next: str | None


Unread = Annotated[PostingIn, SkipValidation]
"""Documented as a posting, but left unread: each item is judged on its own, so that some go in and some are refused."""


class PostingsIn(BaseModel):
    """Up to 1,000 postings at once."""

    model_config = ConfigDict(extra="forbid")

    items: list[Unread] = Field(min_length=1, max_length=LARGEST_BULK)

    def unread(self) -> list[Any]:
        return list(self.items)


class ItemError(BaseModel):
    """What is wrong with one value of one item."""

    pointer: str
    detail: str
    code: str


class ItemResult(BaseModel):
    """What became of one item."""

    index: int
    external_id: str | None
    outcome: Literal["created", "updated", "unchanged", "refused"]
    posting_id: UUID | None
    status: PostingStatus | None
    errors: list[ItemError]


class BulkResult(BaseModel):
    """What became of each item, in the order of the request. `id` is null when nothing was to be kept."""

    id: UUID | None
    validate_only: bool
    accepted: int
    refused: int
    results: list[ItemResult]


class Review(BaseModel):
    """The county's decision on the version named by If-Match 审核决定."""

    model_config = ConfigDict(extra="forbid")

    decision: Literal["publish", "reject"]
    reasons: list[Annotated[str, Field(min_length=2, max_length=300)]] = Field(default=[], max_length=10)
