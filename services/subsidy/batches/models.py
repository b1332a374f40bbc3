"""Payment batches 支付批次, their lines, and the results that the bank reports."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from services.subsidy import columns
from services.subsidy.db import Base

LIVE = "state IN ('drafted', 'in_transit', 'unknown', 'paid')"


class PaymentBatch(Base, table=True):
    """Drafted by one person and approved by another; closed when each of its lines has ended."""

    __tablename__ = "payment_batch"
    __table_args__ = (
        columns.is_county(),
        ForeignKeyConstraint(["county_code", "fund_id"], ["fund.county_code", "fund.id"]),
        CheckConstraint("status IN ('drafted', 'approved', 'closed', 'cancelled')", name="status"),
        CheckConstraint("approved_by <> drafted_by", name="four_eyes"),
        CheckConstraint("(approved_by IS NOT NULL) = (status IN ('approved', 'closed'))", name="approval"),
        CheckConstraint("count >= 0 AND sum_fen >= 0 AND (count = 0) = (sum_fen = 0)", name="control"),
        Index("ix_payment_batch_id", "id"),
        Index("ix_payment_batch_county_code_fund_id_id", "county_code", "fund_id", "id"),
    )

    county_code: str = columns.code(primary_key=True)
    id: UUID = Field(primary_key=True)
    fund_id: UUID
    status: str
    version: int = 1
    count: int
    sum_fen: int = columns.fen()
    drafted_by: str
    drafted_on: date
    approved_by: str | None = None
    approved_on: date | None = None


class PaymentLine(Base, table=True):
    """One payment to one account. A claim is in at most one line that may still be, or was, paid."""

    __tablename__ = "payment_line"
    __table_args__ = (
        columns.in_county(),
        ForeignKeyConstraint(["county_code", "batch_id"], ["payment_batch.county_code", "payment_batch.id"]),
        ForeignKeyConstraint(["county_code", "claim_id"], ["claim.county_code", "claim.id"]),
        ForeignKeyConstraint(["county_code", "payee_id"], ["payee.county_code", "payee.id"]),
        UniqueConstraint("county_code", "batch_id", "number"),
        CheckConstraint(
            "state IN ('drafted', 'in_transit', 'unknown', 'paid', 'rejected', 'refunded', 'stopped')", name="state"
        ),
        CheckConstraint("(state IN ('paid', 'rejected', 'refunded')) = (settled_on IS NOT NULL)", name="settled"),
        CheckConstraint("amount_fen > 0 AND number >= 1", name="amount"),
        Index("uq_payment_line_claim", "county_code", "claim_id", unique=True, postgresql_where=text(LIVE)),
        Index("ix_payment_line_id", "id"),
    )

    county_code: str = columns.code(primary_key=True)
    id: UUID = Field(primary_key=True)
    batch_id: UUID
    number: int
    claim_id: UUID
    region: str = columns.code()
    payee_id: UUID
    amount_fen: int = columns.fen()
    state: str
    version: int = 1
    reason: str | None = None
    settled_on: date | None = Field(default=None, description="the bank's business date of the result")


class PaymentResult(Base, table=True):
    """What the bank sent, taken in whole or kept apart in quarantine with the reasons; the content is a stored file."""

    __tablename__ = "payment_result"
    __table_args__ = (
        columns.is_county(),
        ForeignKeyConstraint(["county_code", "batch_id"], ["payment_batch.county_code", "payment_batch.id"]),
        UniqueConstraint("county_code", "batch_id", "content_sha256", "state"),
        CheckConstraint("state IN ('accepted', 'quarantined')", name="state"),
    )

    county_code: str = columns.code(primary_key=True)
    id: UUID = Field(primary_key=True)
    batch_id: UUID
    state: str
    content_sha256: bytes
    file_id: UUID
    reasons: list[dict[str, Any]] = columns.document()
    settled_on: date | None
    reported_by: str
    reported_at: datetime = columns.moment()
