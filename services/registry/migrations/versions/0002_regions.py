"""Dated types and predecessors of divisions, and loads of national data."""

import sqlalchemy as sa
from alembic import op

from shared import migrations

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "region_load",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("provinces", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("last_code", sa.Text(collation="C"), server_default="", nullable=False),
        sa.CheckConstraint("state IN ('queued', 'running', 'done', 'failed')", name=op.f("ck_region_load_state")),
        sa.CheckConstraint("done >= 0 AND (total IS NULL OR done <= total)", name=op.f("ck_region_load_progress")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_region_load")),
    )
    op.create_table(
        "division_succession",
        sa.Column("code", sa.Text(collation="C"), nullable=False),
        sa.Column("predecessor", sa.Text(collation="C"), nullable=False),
        sa.CheckConstraint("code <> predecessor", name=op.f("ck_division_succession_another")),
        sa.ForeignKeyConstraint(["code"], ["division.code"], name=op.f("fk_division_succession_code_division")),
        sa.ForeignKeyConstraint(
            ["predecessor"], ["division.code"], name=op.f("fk_division_succession_predecessor_division")
        ),
        sa.PrimaryKeyConstraint("code", "predecessor", name=op.f("pk_division_succession")),
    )
    op.create_index(op.f("ix_division_succession_predecessor"), "division_succession", ["predecessor"], unique=False)
    op.create_table(
        "division_type",
        sa.Column("code", sa.Text(collation="C"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint("kind IN ('poor', 'tasked', 'resettlement')", name=op.f("ck_division_type_kind")),
        sa.CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_division_type_validity")),
        sa.ForeignKeyConstraint(["code"], ["division.code"], name=op.f("fk_division_type_code_division")),
        sa.PrimaryKeyConstraint("code", "kind", "valid_from", name=op.f("pk_division_type")),
    )
    for table in ("division_type", "division_succession", "region_load"):
        migrations.grant(table)
