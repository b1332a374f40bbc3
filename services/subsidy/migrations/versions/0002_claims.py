"""Payees, funds, claims with what was decided on them, and the keys of limits."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared import migrations

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    _payee()
    _account_owner()
    _fund()
    _claim()
    _claim_act()
    _claim_decision()
    _claim_evidence()
    _limit_key()
    for table in ("payee", "claim", "claim_evidence"):
        migrations.grant(table)
        migrations.protect(table, read=[migrations.in_region(), migrations.own_org()])
    for table in ("claim_act", "claim_decision"):
        migrations.grant(table, app="SELECT, INSERT", worker="SELECT, INSERT")
        migrations.protect(table, read=[migrations.in_region(), migrations.own_org()])
    migrations.grant("fund")
    migrations.protect("fund", read=migrations.in_region("county_code"))
    for table in ("account_owner", "limit_key"):
        migrations.grant(table)


def _payee() -> None:
    op.create_table(
        "payee",
        sa.Column("county_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("region", sa.Text(collation="C"), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("holder", sa.LargeBinary(), nullable=False),
        sa.Column("account", sa.LargeBinary(), nullable=False),
        sa.Column("account_fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("last4", sa.String(), nullable=False),
        sa.Column("bank", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind = 'own' OR (kind = 'guardian' AND person_id IS NOT NULL)", name=op.f("ck_payee_kind")),
        sa.CheckConstraint("last4 ~ '^[0-9]{4}$'", name=op.f("ck_payee_last4")),
        sa.CheckConstraint(
            "length(region) IN (6, 9, 12) AND county_code = left(region, 6)", name=op.f("ck_payee_county")
        ),
        sa.CheckConstraint("num_nonnulls(person_id, organisation_id) = 1", name=op.f("ck_payee_owner")),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_payee")),
    )
    op.create_index("ix_payee_county_code_person_id", "payee", ["county_code", "person_id"])
    op.create_index("ix_payee_id", "payee", ["id"])
    op.create_index("ix_payee_organisation_id", "payee", ["organisation_id"])
    op.create_index("ix_payee_region_id", "payee", ["region", "id"])


def _account_owner() -> None:
    op.create_table(
        "account_owner",
        sa.Column("account_fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("owner", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("account_fingerprint", "owner", name=op.f("pk_account_owner")),
    )


def _fund() -> None:
    op.create_table(
        "fund",
        sa.Column("county_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("document_number", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("level IN ('central', 'province', 'city', 'county')", name=op.f("ck_fund_level")),
        sa.CheckConstraint("length(county_code) = 6", name=op.f("ck_fund_county")),
        sa.CheckConstraint("year BETWEEN 2000 AND 2199", name=op.f("ck_fund_year")),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_fund")),
        sa.UniqueConstraint(
            "county_code", "document_number", "code", name=op.f("uq_fund_county_code_document_number_code")
        ),
    )
    op.create_index("ix_fund_id", "fund", ["id"])


def _claim() -> None:
    op.create_table(
        "claim",
        sa.Column("county_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("region", sa.Text(collation="C"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("benefit", sa.String(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("placement_id", sa.Uuid(), nullable=True),
        sa.Column("payee_id", sa.Uuid(), nullable=False),
        sa.Column("ticket_date", sa.Date(), nullable=True),
        sa.Column("fare_fen", sa.BigInteger(), nullable=True),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_on", sa.Date(), nullable=False),
        sa.Column("submitted_by", sa.String(), nullable=True),
        sa.Column("reviewed_by", sa.String(), nullable=True),
        sa.Column("checked_by", sa.String(), nullable=True),
        sa.Column("approved_by", sa.String(), nullable=True),
        sa.Column("pack", sa.String(), nullable=True),
        sa.Column("pack_digest", sa.String(), nullable=True),
        sa.Column("amount_fen", sa.BigInteger(), nullable=True),
        sa.Column("transfer", sa.String(), nullable=True),
        sa.Column("limit_refusal", postgresql.JSONB(none_as_null=True), nullable=True),
        sa.Column("fund_id", sa.Uuid(), nullable=True),
        sa.Column("held_in", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(approved_by IS NOT NULL) = (status IN ('approved', 'in_batch', 'paid', 'failed'))",
            name=op.f("ck_claim_approval"),
        ),
        sa.CheckConstraint(
            "CASE status WHEN 'approved' THEN coalesce(held_in, '') IN ('committed', 'returned') "
            "WHEN 'in_batch' THEN coalesce(held_in, '') IN ('committed', 'returned', 'in_transit') "
            "WHEN 'paid' THEN coalesce(held_in, '') = 'paid' "
            "WHEN 'failed' THEN coalesce(held_in, '') = 'returned' "
            "ELSE held_in IS NULL END",
            name=op.f("ck_claim_money"),
        ),
        sa.CheckConstraint(
            "approved_by <> made_by AND approved_by <> submitted_by "
            "AND approved_by <> coalesce(reviewed_by, '') AND approved_by <> coalesce(checked_by, '')",
            name=op.f("ck_claim_four_eyes"),
        ),
        sa.CheckConstraint(
            "status IN ('draft', 'submitted', 'reviewed', 'checked', 'approved', 'in_batch', 'paid', 'failed', "
            "'returned', 'refused', 'rejected', 'withdrawn')",
            name=op.f("ck_claim_status"),
        ),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_claim_amount")),
        sa.CheckConstraint(
            "approved_by IS NULL OR num_nulls(submitted_by, pack_digest, amount_fen, fund_id) = 0",
            name=op.f("ck_claim_approved"),
        ),
        sa.CheckConstraint("fare_fen >= 0", name=op.f("ck_claim_fare")),
        sa.CheckConstraint(
            "length(region) IN (6, 9, 12) AND county_code = left(region, 6)", name=op.f("ck_claim_county")
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_claim_version")),
        sa.ForeignKeyConstraint(
            ["county_code", "fund_id"], ["fund.county_code", "fund.id"], name=op.f("fk_claim_county_code_fund_id_fund")
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "payee_id"],
            ["payee.county_code", "payee.id"],
            name=op.f("fk_claim_county_code_payee_id_payee"),
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_claim")),
    )
    op.create_index("ix_claim_county_code_fund_id_status", "claim", ["county_code", "fund_id", "status"])
    op.create_index("ix_claim_id", "claim", ["id"])
    op.create_index("ix_claim_organisation_id_id", "claim", ["organisation_id", "id"])
    op.create_index("ix_claim_region_id", "claim", ["region", "id"])


def _claim_act() -> None:
    op.create_table(
        "claim_act",
        sa.Column("county_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("region", sa.Text(collation="C"), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("actor_region", sa.String(), nullable=True),
        sa.Column("comment", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "length(region) IN (6, 9, 12) AND county_code = left(region, 6)", name=op.f("ck_claim_act_county")
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "claim_id"],
            ["claim.county_code", "claim.id"],
            name=op.f("fk_claim_act_county_code_claim_id_claim"),
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_claim_act")),
        sa.UniqueConstraint(
            "county_code", "claim_id", "version", name=op.f("uq_claim_act_county_code_claim_id_version")
        ),
    )


def _claim_decision() -> None:
    op.create_table(
        "claim_decision",
        sa.Column("county_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.Column("region", sa.Text(collation="C"), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("occasion", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("decision", postgresql.JSONB(), nullable=False),
        sa.Column("sources", postgresql.JSONB(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "occasion IN ('submission', 'approval', 'payment')", name=op.f("ck_claim_decision_occasion")
        ),
        sa.CheckConstraint("outcome IN ('entitled', 'refused', 'incomplete')", name=op.f("ck_claim_decision_outcome")),
        sa.CheckConstraint(
            "length(region) IN (6, 9, 12) AND county_code = left(region, 6)", name=op.f("ck_claim_decision_county")
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "claim_id"],
            ["claim.county_code", "claim.id"],
            name=op.f("fk_claim_decision_county_code_claim_id_claim"),
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_claim_decision")),
    )
    op.create_index("ix_claim_decision_county_code_claim_id_id", "claim_decision", ["county_code", "claim_id", "id"])


def _claim_evidence() -> None:
    op.create_table(
        "claim_evidence",
        sa.Column("county_code", sa.Text(collation="C"), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("region", sa.Text(collation="C"), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "length(region) IN (6, 9, 12) AND county_code = left(region, 6)", name=op.f("ck_claim_evidence_county")
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "claim_id"],
            ["claim.county_code", "claim.id"],
            name=op.f("fk_claim_evidence_county_code_claim_id_claim"),
        ),
        sa.PrimaryKeyConstraint("county_code", "claim_id", "file_id", name=op.f("pk_claim_evidence")),
    )


def _limit_key() -> None:
    op.create_table(
        "limit_key",
        sa.Column("benefit", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("slot >= 1", name=op.f("ck_limit_key_slot")),
        sa.PrimaryKeyConstraint("benefit", "scope", "key", "slot", name=op.f("pk_limit_key")),
    )
    op.create_index("ix_limit_key_claim_id", "limit_key", ["claim_id"])
