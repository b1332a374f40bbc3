"""What every service has; organisations, postings, the projection of people, placements."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared import migrations
from shared.migrations import REGION, in_region, own_org

revision = "0001"
down_revision = None


def upgrade() -> None:
    migrations.create_infrastructure()
    _organisations()
    _postings()
    _people()
    _placements()


def _organisations() -> None:
    op.create_table(
        "organisation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("uscc", sa.String(), nullable=True),
        sa.Column("licence_no", sa.String(), nullable=True),
        sa.Column("contact_phone", sa.String(), nullable=True),
        sa.Column("region", sa.Text(collation="C"), nullable=False),
        sa.Column("filed", sa.Boolean(), nullable=False),
        sa.Column("filed_region", sa.Text(collation="C"), nullable=True),
        sa.Column("filed_on", sa.Date(), nullable=True),
        sa.Column("refusal", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("suspension", sa.String(), nullable=True),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "kind IN ('agency', 'employer', 'workshop', 'training_provider', 'village_committee', 'broker')",
            name=op.f("ck_organisation_kind"),
        ),
        sa.CheckConstraint("region ~ '^[1-9][0-9]{5}$'", name=op.f("ck_organisation_county")),
        sa.CheckConstraint("status IN ('active', 'suspended')", name=op.f("ck_organisation_status")),
        sa.CheckConstraint("NOT (filed AND refusal IS NOT NULL)", name=op.f("ck_organisation_filed_or_refused")),
        sa.CheckConstraint(
            "filed = (filed_region IS NOT NULL) AND filed = (filed_on IS NOT NULL)", name=op.f("ck_organisation_filed")
        ),
        sa.CheckConstraint(
            "filed_region IS NULL OR filed_region = region", name=op.f("ck_organisation_filed_by_own_county")
        ),
        sa.CheckConstraint("version > 0", name=op.f("ck_organisation_version")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
    )
    op.create_index("ix_organisation_region", "organisation", ["region", "id"], unique=False)
    op.create_index(
        "uq_organisation_uscc", "organisation", ["uscc"], unique=True, postgresql_where=sa.text("uscc IS NOT NULL")
    )
    migrations.grant("organisation")
    migrations.protect("organisation", read=[f"{REGION} IS NOT NULL", own_org("id")], write=in_region())


def _postings() -> None:
    op.create_table(
        "posting",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("region", sa.Text(collation="C"), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("filled", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("occupation", sa.String(), nullable=False),
        sa.Column("occupation_code", sa.String(), nullable=True),
        sa.Column("employer_name", sa.String(), nullable=False),
        sa.Column("employer_uscc", sa.String(), nullable=True),
        sa.Column("work_region", sa.Text(collation="C"), nullable=False),
        sa.Column("work_address", sa.String(), nullable=True),
        sa.Column("headcount", sa.Integer(), nullable=False),
        sa.Column("wage_from_fen", sa.BigInteger(), nullable=False),
        sa.Column("wage_to_fen", sa.BigInteger(), nullable=False),
        sa.Column("wage_unit", sa.String(), nullable=False),
        sa.Column("monthly_fen", sa.BigInteger(), nullable=False),
        sa.Column("hours", sa.String(), nullable=True),
        sa.Column("contract", sa.String(), nullable=False),
        sa.Column("insurance", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("board", sa.Boolean(), nullable=False),
        sa.Column("lodging", sa.Boolean(), nullable=False),
        sa.Column("requirements", sa.String(), nullable=True),
        sa.Column("min_age", sa.Integer(), nullable=False),
        sa.Column("max_age", sa.Integer(), nullable=True),
        sa.Column("skills", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("capacities", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("valid_through", sa.Date(), nullable=False),
        sa.Column("contact_phone", sa.String(), nullable=False),
        sa.Column("public_post", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("rejection", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("(kind = 'public_post') = (public_post IS NOT NULL)", name=op.f("ck_posting_public_post")),
        sa.CheckConstraint(
            "cardinality(capacities) > 0 AND capacities <@ ARRAY['skilled', 'normal', 'weak', 'half']",
            name=op.f("ck_posting_capacities"),
        ),
        sa.CheckConstraint("kind IN ('unit', 'workshop', 'public_post', 'part_time')", name=op.f("ck_posting_kind")),
        sa.CheckConstraint("region ~ '^[1-9][0-9]{5}$'", name=op.f("ck_posting_county")),
        sa.CheckConstraint("status <> 'rejected' OR cardinality(rejection) > 0", name=op.f("ck_posting_rejection")),
        sa.CheckConstraint(
            "status IN ('draft', 'in_review', 'published', 'paused', 'filled', 'expired', 'closed', 'rejected')",
            name=op.f("ck_posting_status"),
        ),
        sa.CheckConstraint(
            "status NOT IN ('published', 'paused', 'filled') OR published_on IS NOT NULL",
            name=op.f("ck_posting_published"),
        ),
        sa.CheckConstraint("wage_unit IN ('month', 'day', 'hour')", name=op.f("ck_posting_wage_unit")),
        sa.CheckConstraint("headcount > 0 AND filled BETWEEN 0 AND headcount", name=op.f("ck_posting_filled")),
        sa.CheckConstraint("length(work_region) IN (2, 4, 6, 9, 12)", name=op.f("ck_posting_work_region")),
        sa.CheckConstraint("min_age >= 16 AND (max_age IS NULL OR max_age >= min_age)", name=op.f("ck_posting_age")),
        sa.CheckConstraint("version > 0", name=op.f("ck_posting_version")),
        sa.CheckConstraint(
            "wage_from_fen > 0 AND wage_to_fen >= wage_from_fen AND monthly_fen > 0", name=op.f("ck_posting_wage")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_posting_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posting")),
        sa.UniqueConstraint("organisation_id", "external_id", name=op.f("uq_posting_organisation_id_external_id")),
    )
    op.create_index(
        "ix_posting_open_place",
        "posting",
        ["work_region", "id"],
        unique=False,
        postgresql_where=sa.text("status = 'published'"),
    )
    op.create_index(
        "ix_posting_open_skills",
        "posting",
        ["skills"],
        unique=False,
        postgresql_using="gin",
        postgresql_where=sa.text("status = 'published'"),
    )
    op.create_index(
        "ix_posting_open_wage",
        "posting",
        [sa.literal_column("monthly_fen DESC"), "id"],
        unique=False,
        postgresql_where=sa.text("status = 'published'"),
    )
    op.create_index("ix_posting_organisation_id", "posting", ["organisation_id", "id"], unique=False)
    op.create_index("ix_posting_region", "posting", ["region", "id"], unique=False)
    op.create_index("ix_posting_valid_through", "posting", ["valid_through"], unique=False)
    op.create_table(
        "posting_batch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("results", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_posting_batch_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posting_batch")),
    )
    op.create_index("ix_posting_batch_organisation_id", "posting_batch", ["organisation_id", "id"], unique=False)
    migrations.grant("posting")
    migrations.grant("posting_batch")
    once_published = f"{REGION} IS NOT NULL AND published_on IS NOT NULL"
    migrations.protect("posting", read=[own_org(), in_region(), once_published], write=[own_org(), in_region()])
    migrations.protect("posting_batch", read=own_org())


def _people() -> None:
    op.create_table(
        "person_projection",
        sa.Column("county_code", sa.Text(collation="C"), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("region", sa.Text(collation="C"), nullable=False),
        sa.Column("work_region", sa.Text(collation="C"), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("birth_year", sa.Integer(), nullable=False),
        sa.Column("labor_capacity", sa.String(), nullable=False),
        sa.Column("mobility", sa.String(), nullable=True),
        sa.Column("base", sa.String(), nullable=False),
        sa.Column("monitoring", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("alive", sa.Boolean(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("transfer", sa.String(), nullable=True),
        sa.Column("intent_place", sa.String(), nullable=True),
        sa.Column("service_needs", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("skills", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("wish_wage_fen", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("county_code = left(region, 6)", name=op.f("ck_person_projection_county")),
        sa.PrimaryKeyConstraint("county_code", "person_id", name=op.f("pk_person_projection")),
    )
    op.create_index("ix_person_projection_person_id", "person_projection", ["person_id"], unique=False)
    op.create_index("ix_person_projection_region", "person_projection", ["region", "person_id"], unique=False)
    op.create_index(
        "ix_person_projection_seeking",
        "person_projection",
        ["region", "person_id"],
        unique=False,
        postgresql_where=sa.text("alive AND status = 'unemployed'"),
    )
    op.create_table(
        "spell_projection",
        sa.Column("county_code", sa.Text(collation="C"), nullable=False),
        sa.Column("spell_id", sa.Uuid(), nullable=False),
        sa.Column("region", sa.Text(collation="C"), nullable=False),
        sa.Column("work_region", sa.Text(collation="C"), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("placement_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("transfer", sa.String(), nullable=True),
        sa.CheckConstraint("county_code = left(region, 6)", name=op.f("ck_spell_projection_county")),
        sa.PrimaryKeyConstraint("county_code", "spell_id", name=op.f("pk_spell_projection")),
    )
    op.create_index(
        "ix_spell_projection_open",
        "spell_projection",
        ["person_id"],
        unique=False,
        postgresql_where=sa.text("ended_on IS NULL"),
    )
    op.create_index("ix_spell_projection_spell_id", "spell_projection", ["spell_id"], unique=False)
    op.create_table(
        "projection_gone",
        sa.Column("subject", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_projection_gone")),
    )
    for table in ("person_projection", "spell_projection"):
        migrations.grant(table, app="SELECT")
        migrations.protect(table, read=in_region(), write=[])
    migrations.grant("projection_gone", app="")


def _placements() -> None:
    op.create_table(
        "placement",
        sa.Column("county_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("region", sa.Text(collation="C"), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("posting_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("organiser_kind", sa.String(), nullable=False),
        sa.Column("organiser_filed", sa.Boolean(), nullable=False),
        sa.Column("organised", sa.Boolean(), nullable=False),
        sa.Column("work_region", sa.Text(collation="C"), nullable=False),
        sa.Column("employer_name", sa.String(), nullable=False),
        sa.Column("employer_uscc", sa.String(), nullable=True),
        sa.Column("occupation", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("referred_on", sa.Date(), nullable=False),
        sa.Column("referred_by", sa.String(), nullable=False),
        sa.Column("interviewed_on", sa.Date(), nullable=True),
        sa.Column("decline_reason", sa.String(), nullable=True),
        sa.Column("hired_on", sa.Date(), nullable=True),
        sa.Column("monthly_wage_fen", sa.BigInteger(), nullable=True),
        sa.Column("contract_signed", sa.Boolean(), nullable=False),
        sa.Column("contract_from", sa.Date(), nullable=True),
        sa.Column("contract_to", sa.Date(), nullable=True),
        sa.Column("insured", sa.Boolean(), nullable=False),
        sa.Column("performed_until", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("end_reason", sa.String(), nullable=True),
        sa.Column("registry_state", sa.String(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refusal", sa.String(), nullable=True),
        sa.Column("refusal_text", sa.String(), nullable=True),
        sa.Column("reported_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("(registry_state = 'refused') = (refusal IS NOT NULL)", name=op.f("ck_placement_refusal")),
        sa.CheckConstraint("(status = 'declined') = (decline_reason IS NOT NULL)", name=op.f("ck_placement_declined")),
        sa.CheckConstraint(
            "(status = 'ended') <= (ended_on IS NOT NULL) AND ended_on >= hired_on", name=op.f("ck_placement_ended")
        ),
        sa.CheckConstraint(
            "(status IN ('hired', 'hire_refused', 'ended')) = (hired_on IS NOT NULL) "
            "AND (hired_on IS NULL) = (registry_state IS NULL)",
            name=op.f("ck_placement_hired"),
        ),
        sa.CheckConstraint(
            "registry_state IN ('pending', 'recorded', 'refused')", name=op.f("ck_placement_registry_state")
        ),
        sa.CheckConstraint(
            "status IN ('referred', 'interviewed', 'declined', 'hired', 'hire_refused', 'ended')",
            name=op.f("ck_placement_status"),
        ),
        sa.CheckConstraint("contract_from IS NULL OR contract_signed", name=op.f("ck_placement_contract")),
        sa.CheckConstraint("contract_to >= contract_from", name=op.f("ck_placement_contract_dates")),
        sa.CheckConstraint("county_code = left(region, 6)", name=op.f("ck_placement_county")),
        sa.CheckConstraint("performed_until >= hired_on", name=op.f("ck_placement_performed")),
        sa.CheckConstraint("version > 0", name=op.f("ck_placement_version")),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_placement")),
    )
    op.create_index("ix_placement_id", "placement", ["id"], unique=False)
    op.create_index("ix_placement_organisation_id", "placement", ["organisation_id", "id"], unique=False)
    op.create_index(
        "ix_placement_pending",
        "placement",
        ["reported_at", "id"],
        unique=False,
        postgresql_where=sa.text("registry_state = 'pending'"),
    )
    op.create_index("ix_placement_posting_id", "placement", ["posting_id"], unique=False)
    op.create_index("ix_placement_region", "placement", ["region", "id"], unique=False)
    op.create_index(
        "uq_placement_open_referral",
        "placement",
        ["county_code", "person_id", "posting_id"],
        unique=True,
        postgresql_where=sa.text("status IN ('referred', 'interviewed', 'hired')"),
    )
    op.create_table(
        "follow_up",
        sa.Column("county_code", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("placement_id", sa.Uuid(), nullable=False),
        sa.Column("region", sa.Text(collation="C"), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("performed_until", sa.Date(), nullable=False),
        sa.Column("contract_signed", sa.Boolean(), nullable=False),
        sa.Column("insured", sa.Boolean(), nullable=False),
        sa.Column("proof_file_id", sa.Uuid(), nullable=True),
        sa.Column("reported_on", sa.Date(), nullable=False),
        sa.CheckConstraint("county_code = left(region, 6)", name=op.f("ck_follow_up_county")),
        sa.ForeignKeyConstraint(
            ["county_code", "placement_id"],
            ["placement.county_code", "placement.id"],
            name=op.f("fk_follow_up_county_code_placement_id_placement"),
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_follow_up")),
        sa.UniqueConstraint(
            "county_code",
            "placement_id",
            "performed_until",
            name=op.f("uq_follow_up_county_code_placement_id_performed_until"),
        ),
    )
    op.create_table(
        "open_hire",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("placement_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_open_hire")),
        sa.UniqueConstraint("placement_id", name=op.f("uq_open_hire_placement_id")),
    )
    for table in ("placement", "follow_up"):
        migrations.grant(table)
        migrations.protect(table, read=[in_region(), own_org()])
    migrations.grant("open_hire", app="SELECT, INSERT, DELETE")
