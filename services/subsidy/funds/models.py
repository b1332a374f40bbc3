"""Funds 资金 and their books: double entry in fen, append-only. A fund belongs to the county that pays from it.

Accounts of a fund: `source` 下达 (the world outside, the only one below zero), `appropriation` 可用指标, `committed`
已审批, `in_transit` 支付中, `paid` 已支付, `returned` 退回 (the bank gave it back; it still stands for its claim).
"""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from services.subsidy import columns
from services.subsidy.db import Base


class Account(StrEnum):
    SOURCE = "source"
    APPROPRIATION = "appropriation"
    COMMITTED = "committed"
    IN_TRANSIT = "in_transit"
    PAID = "paid"
    RETURNED = "returned"


_ACCOUNTS = "account IN ('source', 'appropriation', 'committed', 'in_transit', 'paid', 'returned')"


class Fund(Base, table=True):
    __tablename__ = "fund"
    __table_args__ = (
        columns.is_county(),
        CheckConstraint("year BETWEEN 2000 AND 2199", name="year"),
        CheckConstraint("level IN ('central', 'province', 'city', 'county')", name="level"),
        UniqueConstraint("county_code", "document_number", "code"),
        Index("ix_fund_id", "id"),
    )

    county_code: str = columns.code(primary_key=True)
    id: UUID = Field(primary_key=True)
    code: str
    name: str
    document_number: str
    year: int
    level: str
    source: str
    made_by: str
    made_at: datetime = columns.moment()


class LedgerEntry(Base, table=True):
    """One movement of money, with what it is for and the document it stands on."""

    __tablename__ = "ledger_entry"
    __table_args__ = (
        ForeignKeyConstraint(["county_code", "fund_id"], ["fund.county_code", "fund.id"]),
        ForeignKeyConstraint(["county_code", "claim_id"], ["claim.county_code", "claim.id"]),
        CheckConstraint("(kind = 'appropriation') = (claim_id IS NULL)", name="subject"),
        CheckConstraint("kind IN ('appropriation', 'commitment', 'release', 'dispatch', 'result')", name="kind"),
        CheckConstraint("kind NOT IN ('dispatch', 'result') OR batch_id IS NOT NULL", name="batch"),
        Index("ix_ledger_entry_county_code_fund_id_id", "county_code", "fund_id", "id"),
        Index("ix_ledger_entry_county_code_claim_id", "county_code", "claim_id"),
    )

    county_code: str = columns.code(primary_key=True)
    id: UUID = Field(primary_key=True)
    fund_id: UUID
    kind: str
    claim_id: UUID | None
    batch_id: UUID | None
    document: str
    business_date: date
    made_by: str
    made_at: datetime = columns.moment()


class LedgerPosting(Base, table=True):
    """One side of an entry: what an account gains (above zero) or gives (below)."""

    __tablename__ = "ledger_posting"
    __table_args__ = (
        ForeignKeyConstraint(["county_code", "entry_id"], ["ledger_entry.county_code", "ledger_entry.id"]),
        CheckConstraint(_ACCOUNTS, name="account"),
        CheckConstraint("amount_fen <> 0", name="amount"),
        Index("ix_ledger_posting_county_code_fund_id_account", "county_code", "fund_id", "account"),
        Index(
            "uq_ledger_posting_paid",
            "county_code",
            "claim_id",
            unique=True,
            postgresql_where=text("account = 'paid'"),
        ),
    )

    county_code: str = columns.code(primary_key=True)
    entry_id: UUID = Field(primary_key=True)
    account: str = Field(primary_key=True)
    fund_id: UUID
    claim_id: UUID | None
    amount_fen: int = columns.fen()


class LedgerBalance(Base, table=True):
    """The sum of an account's postings, moved in the same transaction under a row lock."""

    __tablename__ = "ledger_balance"
    __table_args__ = (
        ForeignKeyConstraint(["county_code", "fund_id"], ["fund.county_code", "fund.id"]),
        CheckConstraint(_ACCOUNTS, name="account"),
        CheckConstraint(
            "CASE account WHEN 'source' THEN balance_fen <= 0 ELSE balance_fen >= 0 END", name="not_below_zero"
        ),
    )

    county_code: str = columns.code(primary_key=True)
    fund_id: UUID = Field(primary_key=True)
    account: str = Field(primary_key=True)
    balance_fen: int = columns.fen()
