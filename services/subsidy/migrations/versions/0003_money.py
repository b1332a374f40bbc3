"""The ledger, which only grows, and payment batches with their results."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared import migrations

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    _ledger_entry()
    _ledger_posting()
    _ledger_balance()
    _payment_batch()
    _payment_line()
    _payment_result()
    for table in ("ledger_entry", "ledger_posting", "payment_result"):
        migrations.grant(table, app="SELECT, INSERT", worker="SELECT, INSERT")
    for table in ("ledger_balance", "payment_batch", "payment_line"):
        migrations.grant(table, app="SELECT, INSERT, UPDATE", worker="SELECT, INSERT, UPDATE")
    for table in ("ledger_entry", "ledger_posting", "ledger_balance", "payment_batch", "payment_result"):
        migrations.protect(table, read=migrations.in_region("county_code"))
    migrations.protect("payment_line", read=migrations.in_region())


def _ledger_entry() -> None:
    op.create_table(
        "ledger_entry",
        sa.Column("county_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("fund_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=True),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(kind = 'appropriation') = (claim_id IS NULL)", name=op.f("ck_ledger_entry_subject")),
        sa.CheckConstraint(
            "kind IN ('appropriation', 'commitment', 'release', 'dispatch', 'result')",
            name=op.f("ck_ledger_entry_kind"),
        ),
        sa.CheckConstraint(
            "kind NOT IN ('dispatch', 'result') OR batch_id IS NOT NULL", name=op.f("ck_ledger_entry_batch")
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "claim_id"],
            ["claim.county_code", "claim.id"],
            name=op.f("fk_ledger_entry_county_code_claim_id_claim"),
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "fund_id"],
            ["fund.county_code", "fund.id"],
            name=op.f("fk_ledger_entry_county_code_fund_id_fund"),
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_ledger_entry")),
    )
    op.create_index("ix_ledger_entry_county_code_claim_id", "ledger_entry", ["county_code", "claim_id"])
    op.create_index("ix_ledger_entry_county_code_fund_id_id", "ledger_entry", ["county_code", "fund_id", "id"])


def _ledger_posting() -> None:
    op.create_table(
        "ledger_posting",
        sa.Column("county_code", sa.Text(collation="C"), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("fund_id", sa.Uuid(), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=True),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "account IN ('source', 'appropriation', 'committed', 'in_transit', 'paid', 'returned')",
            name=op.f("ck_ledger_posting_account"),
        ),
        sa.CheckConstraint("amount_fen <> 0", name=op.f("ck_ledger_posting_amount")),
        sa.ForeignKeyConstraint(
            ["county_code", "entry_id"],
            ["ledger_entry.county_code", "ledger_entry.id"],
            name=op.f("fk_ledger_posting_county_code_entry_id_ledger_entry"),
        ),
        sa.PrimaryKeyConstraint("county_code", "entry_id", "account", name=op.f("pk_ledger_posting")),
    )
    op.create_index(
        "ix_ledger_posting_county_code_fund_id_account", "ledger_posting", ["county_code", "fund_id", "account"]
    )
    op.create_index(
        "uq_ledger_posting_paid",
        "ledger_posting",
        ["county_code", "claim_id"],
        unique=True,
        postgresql_where=sa.text("account = 'paid'"),
    )


def _ledger_balance() -> None:
    op.create_table(
        "ledger_balance",
        sa.Column("county_code", sa.Text(collation="C"), nullable=False),
        sa.Column("fund_id", sa.Uuid(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("balance_fen", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "CASE account WHEN 'source' THEN balance_fen <= 0 ELSE balance_fen >= 0 END",
            name=op.f("ck_ledger_balance_not_below_zero"),
        ),
        sa.CheckConstraint(
            "account IN ('source', 'appropriation', 'committed', 'in_transit', 'paid', 'returned')",
            name=op.f("ck_ledger_balance_account"),
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "fund_id"],
            ["fund.county_code", "fund.id"],
            name=op.f("fk_ledger_balance_county_code_fund_id_fund"),
        ),
        sa.PrimaryKeyConstraint("county_code", "fund_id", "account", name=op.f("pk_ledger_balance")),
    )


def _payment_batch() -> None:
    op.create_table(
        "payment_batch",
        sa.Column("county_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("fund_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("sum_fen", sa.BigInteger(), nullable=False),
        sa.Column("drafted_by", sa.String(), nullable=False),
        sa.Column("drafted_on", sa.Date(), nullable=False),
        sa.Column("approved_by", sa.String(), nullable=True),
        sa.Column("approved_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "(approved_by IS NOT NULL) = (status IN ('approved', 'closed'))", name=op.f("ck_payment_batch_approval")
        ),
        sa.CheckConstraint(
            "status IN ('drafted', 'approved', 'closed', 'cancelled')", name=op.f("ck_payment_batch_status")
        ),
        sa.CheckConstraint("approved_by <> drafted_by", name=op.f("ck_payment_batch_four_eyes")),
        sa.CheckConstraint(
            "count >= 0 AND sum_fen >= 0 AND (count = 0) = (sum_fen = 0)", name=op.f("ck_payment_batch_control")
        ),
        sa.CheckConstraint("length(county_code) = 6", name=op.f("ck_payment_batch_county")),
        sa.ForeignKeyConstraint(
            ["county_code", "fund_id"],
            ["fund.county_code", "fund.id"],
            name=op.f("fk_payment_batch_county_code_fund_id_fund"),
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_payment_batch")),
    )
    op.create_index("ix_payment_batch_county_code_fund_id_id", "payment_batch", ["county_code", "fund_id", "id"])
    op.create_index("ix_payment_batch_id", "payment_batch", ["id"])


def _payment_line() -> None:
    op.create_table(
        "payment_line",
        sa.Column("county_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.Column("region", sa.Text(collation="C"), nullable=False),
        sa.Column("payee_id", sa.Uuid(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "(state IN ('paid', 'rejected', 'refunded')) = (settled_on IS NOT NULL)",
            name=op.f("ck_payment_line_settled"),
        ),
        sa.CheckConstraint(
            "state IN ('drafted', 'in_transit', 'unknown', 'paid', 'rejected', 'refunded', 'stopped')",
            name=op.f("ck_payment_line_state"),
        ),
        sa.CheckConstraint("amount_fen > 0 AND number >= 1", name=op.f("ck_payment_line_amount")),
        sa.CheckConstraint(
            "length(region) IN (6, 9, 12) AND county_code = left(region, 6)", name=op.f("ck_payment_line_county")
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "batch_id"],
            ["payment_batch.county_code", "payment_batch.id"],
            name=op.f("fk_payment_line_county_code_batch_id_payment_batch"),
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "claim_id"],
            ["claim.county_code", "claim.id"],
            name=op.f("fk_payment_line_county_code_claim_id_claim"),
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "payee_id"],
            ["payee.county_code", "payee.id"],
            name=op.f("fk_payment_line_county_code_payee_id_payee"),
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_payment_line")),
        sa.UniqueConstraint(
            "county_code", "batch_id", "number", name=op.f("uq_payment_line_county_code_batch_id_number")
        ),
    )
    op.create_index("ix_payment_line_id", "payment_line", ["id"])
    op.create_index(
        "uq_payment_line_claim",
        "payment_line",
        ["county_code", "claim_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('drafted', 'in_transit', 'unknown', 'paid')"),
    )


def _payment_result() -> None:
    op.create_table(
        "payment_result",
        sa.Column("county_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("content_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("reasons", postgresql.JSONB(), nullable=False),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.Column("reported_by", sa.String(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('accepted', 'quarantined')", name=op.f("ck_payment_result_state")),
        sa.CheckConstraint("length(county_code) = 6", name=op.f("ck_payment_result_county")),
        sa.ForeignKeyConstraint(
            ["county_code", "batch_id"],
            ["payment_batch.county_code", "payment_batch.id"],
            name=op.f("fk_payment_result_county_code_batch_id_payment_batch"),
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_payment_result")),
        sa.UniqueConstraint(
            "county_code",
            "batch_id",
            "content_sha256",
            "state",
            name=op.f("uq_payment_result_county_code_batch_id_content_sha256_state"),
        ),
    )
