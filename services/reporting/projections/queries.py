"""Statements on the projections, built once."""

from sqlalchemy import bindparam, delete, text
from sqlmodel import col

from services.reporting.projections.models import Fact, Increment

LOCK = text("SELECT pg_advisory_xact_lock(7234014)")
"""The projections have one writer at a time: the three feeds' readers, and their copies on other machines, take turns.
Two of them would otherwise read one subject's history at once, or wait for each other's increments in a circle."""

VERSIONS = text("SELECT subject_id, versions FROM fact WHERE source = :source AND id = :id")

PUT_VERSIONS = text(
    "INSERT INTO fact (source, id, subject_id, versions) "
    "VALUES (:source, :id, :subject_id, CAST(:versions AS jsonb)) "
    "ON CONFLICT (source, id) DO UPDATE SET subject_id = excluded.subject_id, versions = excluded.versions"
)

HISTORY = text(
    "SELECT source, versions, NULL AS counted FROM fact WHERE subject_id = :subject "
    "UNION ALL SELECT NULL, NULL, counted FROM subject WHERE id = :subject"
)

PUT_COUNTED = text(
    "INSERT INTO subject (id, counted) VALUES (:subject, CAST(:counted AS jsonb)) "
    "ON CONFLICT (id) DO UPDATE SET counted = excluded.counted"
)

ADD = text(
    "INSERT INTO increment AS present (level, region, indicator, month, lasting, value) "
    "SELECT length(place), place, what, since, stays, number FROM unnest(CAST(:regions AS text[]), "
    "CAST(:indicators AS text[]), CAST(:months AS date[]), CAST(:lasting AS boolean[]), CAST(:values AS bigint[])) "
    "AS given (place, what, since, stays, number) "
    "ON CONFLICT (level, region, indicator, month, lasting) DO UPDATE SET value = present.value + excluded.value"
)

FORGET_FACTS = delete(Fact).where(col(Fact.source).in_(bindparam("sources", expanding=True)))
FORGET_COUNTED = text(
    "UPDATE subject SET counted = counted - CAST(:indicators AS text[]) WHERE counted ?| CAST(:indicators AS text[])"
)
FORGET_INCREMENTS = delete(Increment).where(col(Increment.indicator).in_(bindparam("indicators", expanding=True)))

SUBJECTS = text("SELECT DISTINCT subject_id FROM fact WHERE subject_id > :after ORDER BY subject_id LIMIT :limit")
HISTORIES = text(
    "SELECT subject_id, source, versions FROM fact WHERE subject_id = ANY(CAST(:subjects AS uuid[])) "
    "ORDER BY subject_id"
)
INCREMENTS = text("SELECT region, indicator, month, lasting, value FROM increment WHERE value <> 0")
