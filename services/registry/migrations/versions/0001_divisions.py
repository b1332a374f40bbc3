"""What every service has, and divisions."""

import sqlalchemy as sa
from alembic import op

from shared import migrations

revision = "0001"
down_revision = None


def upgrade() -> None:
    migrations.create_infrastructure()
    op.create_table(
        "division",
        sa.Column("code", sa.Text(collation="C"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("parent_code", sa.Text(collation="C"), nullable=True),
        sa.Column("issuer", sa.String(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint("length(code) IN (2, 4, 6, 9, 12)", name=op.f("ck_division_code_length")),
        sa.CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_division_validity")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_division")),
    )
    op.create_index(op.f("ix_division_parent_code"), "division", ["parent_code"])
    migrations.grant("division")
