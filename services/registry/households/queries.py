"""Statements on households, built once."""

from sqlalchemy import bindparam, select, text
from sqlmodel import col

from services.registry.households.models import Household

ADD_MISSING = text(
    "INSERT INTO household (county_code, id, region, number, base, monitoring, category_since, version) "
    "SELECT *, 1 FROM unnest(CAST(:counties AS text[]), CAST(:ids AS uuid[]), CAST(:regions AS text[]), "
    "CAST(:numbers AS text[]), CAST(:bases AS text[]), CAST(:monitorings AS text[]), CAST(:dates AS date[])) "
    "ON CONFLICT (county_code, region, number) DO NOTHING"
)
FIND = select(Household).from_statement(
    text(
        "SELECT h.* FROM household h JOIN unnest(CAST(:counties AS text[]), CAST(:regions AS text[]), "
        "CAST(:numbers AS text[])) AS wanted (county_code, region, number) USING (county_code, region, number)"
    )
)
_OWN = (
    col(Household.id) == bindparam("id"),
    col(Household.region) >= bindparam("low"),
    col(Household.region) < bindparam("high"),
)
ONE = select(Household).where(*_OWN)
ONE_FOR_UPDATE = ONE.with_for_update()
PAGE = (
    select(Household)
    .where(
        col(Household.region) >= bindparam("low"),
        col(Household.region) < bindparam("high"),
        text("(household.region, household.id) > (:after_region, CAST(:after_id AS uuid))"),
    )
    .order_by(col(Household.region), col(Household.id))
    .limit(bindparam("limit"))
)
