"""Payment batches and results as the API takes and shows them."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from shared.money import Fen, FenIn
from shared.regions import RegionCode

BatchStatus = Literal["drafted", "approved", "closed", "cancelled"]
LineState = Literal["drafted", "in_transit", "unknown", "paid", "rejected", "refunded", "stopped"]


class NewBatch(BaseModel):
    """Which approved claims to pay 支付批次: those of a fund, in a region of the county when one is named."""

    model_config = ConfigDict(extra="forbid")

    fund_id: UUID
    region: RegionCode | None = None


class BatchOut(BaseModel):
    """A payment batch 支付批次 with its control figures."""

    id: UUID
    version: int
    county_code: str
    fund_id: UUID
    status: BatchStatus
    count: int = Field(description="笔数")
    sum: Fen = Field(description="合计金额")
    states: dict[LineState, int] = Field(description="各状态笔数 lines by state")
    drafted_on: date
    approved_on: date | None


class BatchPage(BaseModel):
    """Some batches."""

    items: list[BatchOut]
    next: str | None


class LineOut(BaseModel):
    """One payment 支付明细, without name and account."""

    id: UUID
    number: int
    claim_id: UUID
    region: str
    amount: Fen
    state: LineState
    reason: str | None
    settled_on: date | None


class LinePage(BaseModel):
    """Some lines of a batch."""

    items: list[LineOut]
    next: str | None


class ResultLine(BaseModel):
    """What became of one line; `refunded` 退汇 is money that came back after it was sent."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    line_id: UUID
    amount: FenIn
    result: Literal["success", "failed", "refunded"]
    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] | None = None


class ResultIn(BaseModel):
    """The bank's result of a batch, or of a part of it. `count` and `sum` are those of the lines it lists."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    batch_id: UUID
    count: int
    sum: FenIn
    settled_on: date = Field(description="银行入账日期 the bank's business date")
    lines: list[ResultLine] = Field(max_length=5000)


class ResultOut(BaseModel):
    """A result that was taken in, or kept apart 支付结果."""

    id: UUID
    batch_id: UUID
    state: Literal["accepted", "quarantined"]
    settled_on: date | None
    reasons: list[dict[str, Any]] = Field(description="隔离原因 why it was kept apart")
    reported_at: datetime


class ResultPage(BaseModel):
    """Some results of a batch."""

    items: list[ResultOut]
    next: str | None


class Taken(ResultOut):
    """A result that was taken in, and how the batch stands now."""

    batch: BatchOut
