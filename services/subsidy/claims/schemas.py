"""Claims as the API takes and shows them."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.subsidy.events import ClaimStatus
from services.subsidy.payees.schemas import PayeeOut
from shared.money import Fen, FenIn

BenefitCode = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", examples=["travel_subsidy"])]
Comment = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=500)]


class EvidenceIn(BaseModel):
    """A file attached as one kind of proof 证明材料."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: BenefitCode = Field(description="材料类型 kind of proof, as the policy pack names it", examples=["ticket"])
    file_id: UUID


class _Content(BaseModel):
    model_config = ConfigDict(extra="forbid")

    payee_id: UUID = Field(description="收款账户 payee")
    ticket_date: date | None = Field(default=None, description="乘车日期 date on the ticket (travel)")
    fare: FenIn | None = Field(default=None, description="票价 price on the ticket (travel)")
    evidence: list[EvidenceIn] = Field(default=[], max_length=20)


class NewClaim(_Content):
    """A draft 补贴申报. An organisation names its placement, an officer the person (or a placement of theirs)."""

    benefit: BenefitCode
    person_id: UUID | None = None
    placement_id: UUID | None = None


class ClaimChange(_Content):
    """A draft's content, whole: what is left out is removed."""


class Comments(BaseModel):
    """A remark 意见 with an act."""

    model_config = ConfigDict(extra="forbid")

    comment: Comment | None = None


class Reasons(BaseModel):
    """Why something is returned or rejected 理由."""

    model_config = ConfigDict(extra="forbid")

    comment: Comment


class Approval(Comments):
    """`fund_id` names the fund that pays; needed only when the county has several of that kind in the year."""

    fund_id: UUID | None = None


class Correction(BaseModel):
    """The account to pay to after a failed payment 更正收款账户."""

    model_config = ConfigDict(extra="forbid")

    payee_id: UUID


class ClaimRow(BaseModel):
    """A claim in a list."""

    id: UUID
    version: int
    region: str
    status: ClaimStatus
    benefit: str
    person_id: UUID
    organisation_id: UUID | None
    placement_id: UUID | None
    payee_id: UUID
    ticket_date: date | None
    fare: Fen | None
    amount: Fen | None = Field(description="应发金额;审核前为空 what is due, as last decided")
    transfer: str | None
    pack: str | None
    made_at: datetime


class ClaimPage(BaseModel):
    """Some claims."""

    items: list[ClaimRow]
    next: str | None


class EvidenceOut(BaseModel):
    """An attached file."""

    code: str
    file_id: UUID
    media_type: str
    size: int


class RefusedBy(BaseModel):
    """One condition that does not hold: article, its words, and what was found 不符合的条件."""

    condition: str
    article: str
    quote: str
    zh: str
    en: str


class ActOut(BaseModel):
    """What was done with the claim 办理过程."""

    model_config = ConfigDict(from_attributes=True)

    act: str
    status: ClaimStatus
    actor_region: str | None
    comment: str | None
    at: datetime


class ClaimOut(ClaimRow):
    """A claim with its files, its course and, when refused, the reasons."""

    next_step: str | None = Field(description="待办环节 the step it waits for")
    payee: PayeeOut | None = Field(description="收款账户(掩码);不在您的范围内时为空 null when out of sight")
    evidence: list[EvidenceOut]
    refused_by: list[RefusedBy]
    history: list[ActOut]


class Explanation(BaseModel):
    """Why a claim was decided as it was 审核说明: data, and lines to read."""

    claim_id: UUID
    status: ClaimStatus
    occasion: Literal["submission", "approval", "payment"]
    decided_at: datetime
    lines: list[str]
    refused_by: list[RefusedBy]
    decision: dict[str, Any]
    sources: dict[str, Any] = Field(description="事实的来源和版本 what the facts were read from, in which version")


class FileOut(BaseModel):
    """A file that can be attached to claims."""

    id: UUID
    media_type: str
    size: int
