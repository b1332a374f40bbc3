"""What every service has, and the projections with their increments."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared import migrations

revision = "0001"
down_revision = None


def upgrade() -> None:
    migrations.create_infrastructure()
    op.create_table(
        "fact",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "subject_id",
            sa.Uuid(),
            nullable=True,
            comment="whose history it belongs to; NULL until an owner is named",
        ),
        sa.Column("versions", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("source", "id", name=op.f("pk_fact")),
    )
    op.create_index(op.f("ix_fact_subject_id"), "fact", ["subject_id"])
    op.create_table(
        "subject",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("counted", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subject")),
    )
    op.create_table(
        "increment",
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("region", sa.Text(collation="C"), nullable=False),
        sa.Column("indicator", sa.String(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("lasting", sa.Boolean(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "level = length(region) AND level IN (2, 4, 6, 9, 12)", name=op.f("ck_increment_level_of_region")
        ),
        sa.CheckConstraint("extract(day FROM month) = 1", name=op.f("ck_increment_first_of_month")),
        sa.PrimaryKeyConstraint("level", "region", "indicator", "month", "lasting", name=op.f("pk_increment")),
    )
    for table in ("fact", "subject"):
        migrations.grant(table, app="")
        migrations.protect(table, read=[], write=[])
    migrations.grant("increment", app="SELECT")
    migrations.protect("increment", read=migrations.in_region(), write=[])
