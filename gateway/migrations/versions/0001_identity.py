"""What every service has; keys, accounts, sessions and clients."""

import sqlalchemy as sa
from alembic import op

from shared import migrations

revision = "0001"
down_revision = None


def upgrade() -> None:
    migrations.create_infrastructure()
    op.create_table(
        "account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("username", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("region", sa.Text(collation="C"), nullable=False),
        sa.Column("department", sa.String(), nullable=False),
        sa.Column("duties", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("password_given", sa.Boolean(), nullable=False),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "cardinality(duties) > 0 AND duties <@ ARRAY['registrar', 'reviewer', 'finance', 'approver', 'reporter', "
            "'auditor', 'admin']::text[]",
            name=op.f("ck_account_duties"),
        ),
        sa.CheckConstraint("department IN ('hrss', 'agriculture', 'finance')", name=op.f("ck_account_department")),
        sa.CheckConstraint("length(region) IN (2, 4, 6, 9, 12)", name=op.f("ck_account_region_length")),
        sa.CheckConstraint("username = lower(username)", name=op.f("ck_account_username_lower")),
        sa.CheckConstraint("version > 0", name=op.f("ck_account_version")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("username", name=op.f("uq_account_username")),
    )
    op.create_index(op.f("ix_account_region"), "account", ["region"])
    op.create_table(
        "client",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("region", sa.Text(collation="C"), nullable=True),
        sa.Column("scopes", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("sid", sa.Uuid(), nullable=False),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(role = 'organisation') = (organisation_id IS NOT NULL)", name=op.f("ck_client_organisation")
        ),
        sa.CheckConstraint("(role = 'service') = (region IS NULL)", name=op.f("ck_client_region")),
        sa.CheckConstraint("role <> 'organisation' OR length(region) = 6", name=op.f("ck_client_filed_by_county")),
        sa.CheckConstraint("role IN ('organisation', 'system', 'service')", name=op.f("ck_client_role")),
        sa.CheckConstraint("cardinality(scopes) > 0", name=op.f("ck_client_scopes")),
        sa.CheckConstraint("version > 0", name=op.f("ck_client_version")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client")),
        sa.UniqueConstraint("sid", name=op.f("uq_client_sid")),
    )
    op.create_index(op.f("ix_client_organisation_id"), "client", ["organisation_id"])
    op.create_index(op.f("ix_client_region"), "client", ["region"])
    op.create_table(
        "login_attempt",
        sa.Column("name_hmac", sa.LargeBinary(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("attempts > 0", name=op.f("ck_login_attempt_attempts")),
        sa.PrimaryKeyConstraint("name_hmac", name=op.f("pk_login_attempt")),
    )
    op.create_index(op.f("ix_login_attempt_since"), "login_attempt", ["since"])
    op.create_table(
        "revocation",
        sa.Column("sid", sa.Uuid(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sid", name=op.f("pk_revocation")),
    )
    op.create_index(op.f("ix_revocation_revoked_at"), "revocation", ["revoked_at"])
    op.create_table(
        "signing_key",
        sa.Column("kid", sa.String(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("private_key", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signs_from", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("kid", name=op.f("pk_signing_key")),
        sa.UniqueConstraint("signs_from", name=op.f("uq_signing_key_signs_from")),
    )
    op.create_table(
        "client_secret",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column("secret_hmac", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["client_id"], ["client.id"], name=op.f("fk_client_secret_client_id_client"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client_secret")),
        sa.UniqueConstraint("secret_hmac", name=op.f("uq_client_secret_secret_hmac")),
    )
    op.create_index(op.f("ix_client_secret_client_id"), "client_secret", ["client_id"])
    op.create_table(
        "login_session",
        sa.Column("sid", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("generation >= 0", name=op.f("ck_login_session_generation")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_login_session_account_id_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("sid", name=op.f("pk_login_session")),
    )
    op.create_index(op.f("ix_login_session_account_id"), "login_session", ["account_id"])
    op.create_index(op.f("ix_login_session_expires_at"), "login_session", ["expires_at"])
    for table in ("account", "client"):
        migrations.grant(table)
        migrations.protect(table, read=migrations.in_region())
    for table in ("client_secret", "login_session", "revocation"):
        migrations.grant(table)
    migrations.grant("login_attempt", app="")
    migrations.grant("signing_key", app="SELECT (kid, public_key, made_at, signs_from)")
