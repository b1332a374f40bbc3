"""Households, people, spells, and imports of them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared import migrations

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    _tables()
    _rights()


def _tables() -> None:
    op.create_table(
        "household",
        sa.Column("county_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("region", sa.Text(collation="C"), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("base", sa.String(), nullable=False),
        sa.Column("monitoring", sa.String(), nullable=True),
        sa.Column("category_since", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("base IN ('poverty_alleviated', 'ordinary', 'other')", name=op.f("ck_household_base")),
        sa.CheckConstraint(
            "monitoring <> 'marginal' OR base = 'ordinary'", name=op.f("ck_household_marginal_is_ordinary")
        ),
        sa.CheckConstraint(
            "monitoring <> 'unstable' OR base = 'poverty_alleviated'", name=op.f("ck_household_unstable_is_alleviated")
        ),
        sa.CheckConstraint(
            "monitoring IN ('unstable', 'marginal', 'sudden_hardship')", name=op.f("ck_household_monitoring")
        ),
        sa.CheckConstraint(
            "county_code = left(region, 6) AND length(region) = 12", name=op.f("ck_household_county_of_region")
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_household")),
        sa.UniqueConstraint("county_code", "region", "number", name=op.f("uq_household_county_code_region_number")),
    )
    op.create_index(op.f("ix_household_id"), "household", ["id"], unique=False)
    op.create_table(
        "person_import",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("region", sa.Text(collation="C"), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", postgresql.JSONB(), nullable=True),
        sa.CheckConstraint("state IN ('queued', 'running', 'done', 'failed')", name=op.f("ck_person_import_state")),
        sa.CheckConstraint("done >= 0 AND refused >= 0", name=op.f("ck_person_import_counts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_import")),
    )
    op.create_index("ix_person_import_region_id", "person_import", ["region", "id"], unique=False)
    op.create_index(
        "uq_person_import_content",
        "person_import",
        ["made_by", "region", "sha256"],
        unique=True,
        postgresql_where=sa.text("state <> 'failed'"),
    )
    op.create_table(
        "person_key",
        sa.Column("id_hmac", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("county_code", sa.Text(collation="C"), nullable=False),
        sa.PrimaryKeyConstraint("id_hmac", name=op.f("pk_person_key")),
    )
    op.create_table(
        "placement_key",
        sa.Column("placement_id", sa.Uuid(), nullable=False),
        sa.Column("spell_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("county_code", sa.Text(collation="C"), nullable=False),
        sa.PrimaryKeyConstraint("placement_id", name=op.f("pk_placement_key")),
    )
    op.create_table(
        "import_refusal",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("region", sa.Text(collation="C"), nullable=False),
        sa.Column("errors", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["person_import.id"], name=op.f("fk_import_refusal_import_id_person_import")
        ),
        sa.PrimaryKeyConstraint("import_id", "row", name=op.f("pk_import_refusal")),
    )
    op.create_table(
        "person",
        sa.Column("county_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("region", sa.Text(collation="C"), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("base", sa.String(), nullable=False),
        sa.Column("monitoring", sa.String(), nullable=True),
        sa.Column("kinship", sa.String(), nullable=False),
        sa.Column("hukou_region", sa.Text(collation="C"), nullable=False),
        sa.Column("residence_region", sa.Text(collation="C"), nullable=True),
        sa.Column("id_type", sa.String(), nullable=False),
        sa.Column("id_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("id_hmac", sa.LargeBinary(), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_hmac", sa.LargeBinary(), nullable=True),
        sa.Column("phone_whose", sa.String(), nullable=True),
        sa.Column("sex", sa.String(), nullable=False),
        sa.Column("birth", sa.Date(), nullable=True),
        sa.Column("birth_year", sa.Integer(), nullable=False),
        sa.Column("ethnicity", sa.String(), nullable=True),
        sa.Column("political_status", sa.String(), nullable=True),
        sa.Column("education", sa.String(), nullable=True),
        sa.Column("health", sa.String(), nullable=True),
        sa.Column("labor_capacity", sa.String(), nullable=False),
        sa.Column("words", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("mobility", sa.String(), nullable=True),
        sa.Column("mobility_set", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("status_reason", sa.String(), nullable=True),
        sa.Column("initial_status", sa.String(), nullable=False),
        sa.Column("present_spell", sa.Uuid(), nullable=True),
        sa.Column("work_region", sa.Text(collation="C"), nullable=True),
        sa.Column("transfer", sa.String(), nullable=True),
        sa.Column("intent_place", sa.String(), nullable=True),
        sa.Column("service_needs", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("skills", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("wish_wage_fen", sa.BigInteger(), nullable=True),
        sa.Column("alive", sa.Boolean(), nullable=False),
        sa.Column("registered_on", sa.Date(), nullable=False),
        sa.Column("surveyor", sa.String(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=True),
        sa.Column("verifying_region", sa.Text(collation="C"), nullable=False),
        sa.Column("verified_by", sa.String(), nullable=True),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(status = 'employed') = (present_spell IS NOT NULL)", name=op.f("ck_person_employed")),
        sa.CheckConstraint("alive = (status <> 'deceased')", name=op.f("ck_person_alive")),
        sa.CheckConstraint("base IN ('poverty_alleviated', 'ordinary', 'other')", name=op.f("ck_person_base")),
        sa.CheckConstraint(
            "id_type IN ('resident', 'hmt_permit', 'foreign_permanent')", name=op.f("ck_person_id_type")
        ),
        sa.CheckConstraint(
            "initial_status IN ('employed', 'unemployed', 'in_school', 'unwilling', 'unable', 'unreachable', "
            "'aged_out', 'deceased')",
            name=op.f("ck_person_initial_status"),
        ),
        sa.CheckConstraint("intent_place IN ('within_county', 'outside_county')", name=op.f("ck_person_intent_place")),
        sa.CheckConstraint(
            "labor_capacity IN ('skilled', 'normal', 'weak', 'half', 'lost', 'none')",
            name=op.f("ck_person_labor_capacity"),
        ),
        sa.CheckConstraint("mobility IN ('far', 'near', 'unable')", name=op.f("ck_person_mobility")),
        sa.CheckConstraint(
            "monitoring IN ('unstable', 'marginal', 'sudden_hardship')", name=op.f("ck_person_monitoring")
        ),
        sa.CheckConstraint("sex IN ('male', 'female')", name=op.f("ck_person_sex")),
        sa.CheckConstraint(
            "status = 'employed' OR (work_region IS NULL AND transfer IS NULL)", name=op.f("ck_person_work_of_employed")
        ),
        sa.CheckConstraint(
            "status IN ('employed', 'unemployed', 'in_school', 'unwilling', 'unable', 'unreachable', "
            "'aged_out', 'deceased')",
            name=op.f("ck_person_status"),
        ),
        sa.CheckConstraint(
            "transfer IN ('within_county', 'outside_county', 'outside_province')", name=op.f("ck_person_transfer")
        ),
        sa.CheckConstraint("(verified_by IS NULL) = (verified_at IS NULL)", name=op.f("ck_person_verified")),
        sa.CheckConstraint("birth IS NULL OR extract(year FROM birth) = birth_year", name=op.f("ck_person_birth")),
        sa.CheckConstraint(
            "county_code = left(region, 6) AND length(region) = 12", name=op.f("ck_person_county_of_region")
        ),
        sa.CheckConstraint("length(work_region) IN (2, 4, 6, 9, 12)", name=op.f("ck_person_work_region")),
        sa.CheckConstraint("verified_by <> surveyor", name=op.f("ck_person_second_person")),
        sa.CheckConstraint("wish_wage_fen >= 0", name=op.f("ck_person_wish_wage_fen")),
        sa.ForeignKeyConstraint(
            ["county_code", "household_id"],
            ["household.county_code", "household.id"],
            name=op.f("fk_person_county_code_household_id_household"),
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_person")),
    )
    op.create_index(op.f("ix_person_county_code_household_id"), "person", ["county_code", "household_id"], unique=False)
    op.create_index(
        "ix_person_guest",
        "person",
        ["work_region", "id"],
        unique=False,
        postgresql_where=sa.text("work_region IS DISTINCT FROM region"),
    )
    op.create_index(op.f("ix_person_id"), "person", ["id"], unique=False)
    op.create_index(op.f("ix_person_phone_hmac"), "person", ["phone_hmac"], unique=False)
    op.create_index("ix_person_region_id", "person", ["region", "id"], unique=False, postgresql_include=["work_region"])
    op.create_index(
        "ix_person_verifying",
        "person",
        ["verifying_region", "id"],
        unique=False,
        postgresql_where=sa.text("verified_at IS NULL"),
    )
    op.create_table(
        "spell",
        sa.Column("county_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("region", sa.Text(collation="C"), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("placement_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("employer_name", sa.String(), nullable=True),
        sa.Column("employer_uscc", sa.String(), nullable=True),
        sa.Column("work_region", sa.Text(collation="C"), nullable=True),
        sa.Column("work_place", sa.String(), nullable=True),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("started", sa.String(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("end_reason", sa.String(), nullable=True),
        sa.Column("occupation", sa.String(), nullable=True),
        sa.Column("monthly_wage_fen", sa.BigInteger(), nullable=True),
        sa.Column("contract_signed", sa.Boolean(), nullable=False),
        sa.Column("contract_from", sa.Date(), nullable=True),
        sa.Column("contract_to", sa.Date(), nullable=True),
        sa.Column("insured", sa.Boolean(), nullable=False),
        sa.Column("organised", sa.Boolean(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("transfer", sa.String(), nullable=True),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("verified_by", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(channel = 'placement') = (placement_id IS NOT NULL)", name=op.f("ck_spell_placement")),
        sa.CheckConstraint("channel IN ('self', 'organised', 'placement', 'import')", name=op.f("ck_spell_channel")),
        sa.CheckConstraint(
            "kind IN ('unit', 'flexible', 'self_employed', 'public_post', 'own_farm')", name=op.f("ck_spell_kind")
        ),
        sa.CheckConstraint("started IN ('day', 'month', 'known_by')", name=op.f("ck_spell_started")),
        sa.CheckConstraint(
            "transfer IN ('within_county', 'outside_county', 'outside_province')", name=op.f("ck_spell_transfer")
        ),
        sa.CheckConstraint("contract_to >= contract_from", name=op.f("ck_spell_contract")),
        sa.CheckConstraint(
            "county_code = left(region, 6) AND length(region) = 12", name=op.f("ck_spell_county_of_region")
        ),
        sa.CheckConstraint("end_reason IS NULL OR ended_on IS NOT NULL", name=op.f("ck_spell_end_reason")),
        sa.CheckConstraint("ended_on >= started_on", name=op.f("ck_spell_ended_on")),
        sa.CheckConstraint("length(work_region) IN (2, 4, 6, 9, 12)", name=op.f("ck_spell_work_region")),
        sa.CheckConstraint("monthly_wage_fen >= 0", name=op.f("ck_spell_monthly_wage_fen")),
        sa.CheckConstraint("verified_by <> recorded_by", name=op.f("ck_spell_second_person")),
        sa.ForeignKeyConstraint(
            ["county_code", "person_id"],
            ["person.county_code", "person.id"],
            name=op.f("fk_spell_county_code_person_id_person"),
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_spell")),
    )
    op.create_index(op.f("ix_spell_county_code_person_id"), "spell", ["county_code", "person_id"], unique=False)
    op.create_index(op.f("ix_spell_id"), "spell", ["id"], unique=False)
    op.create_index(
        "ix_spell_work_region",
        "spell",
        ["work_region", "id"],
        unique=False,
        postgresql_where=sa.text("ended_on IS NULL"),
    )
    op.create_index(
        "uq_spell_open_unit",
        "spell",
        ["county_code", "person_id"],
        unique=True,
        postgresql_where=sa.text("kind = 'unit' AND ended_on IS NULL"),
    )


def _rights() -> None:
    """The managing chain reads and writes; the work place, and whoever verifies, reads. Verifying is an update only."""
    home, work, verifying = (migrations.in_region(each) for each in ("region", "work_region", "verifying_region"))
    for table in ("household", "person", "spell", "person_import"):
        migrations.grant(table, app="SELECT, INSERT, UPDATE")
    migrations.grant("import_refusal", app="SELECT")
    migrations.grant("person_key", app="SELECT, INSERT")
    migrations.grant("placement_key", app="")
    migrations.protect("household", read=home)
    migrations.protect("person", read=[home, work, verifying], write=home)
    migrations.protect("spell", read=[home, work], write=home)
    migrations.protect("person_import", read=home)
    migrations.protect("import_refusal", read=home, write=[])
    migrations.permit_update("person", "verify", verifying)
    migrations.permit_update("spell", "verify", work)
