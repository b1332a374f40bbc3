"""What subsidy tells the others: claims and what the bank made of them. Nothing here names a person or an account."""

from datetime import date
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from shared.feed import Event


class ClaimStatus(StrEnum):
    """Where a claim stands 申报状态."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    REVIEWED = "reviewed"
    CHECKED = "checked"
    APPROVED = "approved"
    IN_BATCH = "in_batch"
    PAID = "paid"
    FAILED = "failed"
    RETURNED = "returned"
    REFUSED = "refused"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class PaymentState(StrEnum):
    """How a payment ended 支付结果: `rejected` by the bank, or `refunded` 退汇 after it was sent."""

    PAID = "paid"
    REJECTED = "rejected"
    REFUNDED = "refunded"


class _Facts(BaseModel):
    model_config = ConfigDict(frozen=True)


class ClaimState(_Facts):
    """A claim; amounts in fen, as decided last (null before a decision grants one)."""

    benefit: str
    pack: str | None = Field(description="政策包 by which it was decided; null before")
    status: ClaimStatus
    person_id: UUID | None
    organisation_id: UUID | None = Field(description="the claimant 申报单位; null when the person claims")
    placement_id: UUID | None
    amount_fen: int | None
    transfer: str | None


class PaymentFacts(_Facts):
    """One line of a payment batch that has ended."""

    claim_id: UUID
    benefit: str
    fund: str = Field(description="code of the fund, such as employment_subsidy 就业补助资金")
    person_id: UUID | None
    organisation_id: UUID | None
    placement_id: UUID | None
    amount_fen: int
    state: PaymentState
    paid_on: date | None = Field(description="银行确认日期 confirmed by the bank; null unless paid")
    transfer: str | None


class ClaimEvent(Event):
    """`region` is where the claim was made; it stays there when the person moves."""

    type: ClassVar[str] = "subsidy.claim"
    after: ClaimState | None


class PaymentEvent(Event):
    """The subject is the payment line; `region` is its claim's."""

    type: ClassVar[str] = "subsidy.payment"
    after: PaymentFacts | None


EVENTS = (ClaimEvent, PaymentEvent)
