"""Statements on divisions, built once."""

from sqlalchemy import bindparam, func, select, text
from sqlmodel import col

from services.registry.regions.models import Division, DivisionSuccession, DivisionType, RegionLoad

BY_CODE = select(Division).where(col(Division.code) == bindparam("code"))
CHILDREN = (
    select(Division)
    .where(col(Division.parent_code) == bindparam("parent"), col(Division.code) > bindparam("after"))
    .order_by(col(Division.code))
    .limit(bindparam("limit"))
)
PROVINCES = (
    select(Division)
    .where(col(Division.parent_code).is_(None), col(Division.code) > bindparam("after"))
    .order_by(col(Division.code))
    .limit(bindparam("limit"))
)
NAMES = select(Division.code, Division.name).where(  # type: ignore[call-overload]
    col(Division.code).in_(bindparam("codes", expanding=True))
)
TYPES = (
    select(DivisionType)
    .where(col(DivisionType.code) == bindparam("code"))
    .order_by(col(DivisionType.kind), col(DivisionType.valid_from))
)
PREDECESSORS = (
    select(DivisionSuccession.predecessor)  # type: ignore[call-overload]
    .where(col(DivisionSuccession.code) == bindparam("code"))
    .order_by(col(DivisionSuccession.predecessor))
)
DOWN_TO_COUNTIES = select(Division.code, Division.name).where(  # type: ignore[call-overload]
    func.length(Division.code) <= 6
)
LOAD_FOR_UPDATE = select(RegionLoad).where(col(RegionLoad.id) == bindparam("id")).with_for_update()

UPSERT = text(
    "INSERT INTO division (code, name, level, parent_code, valid_from) "
    "SELECT * FROM unnest(CAST(:codes AS text[]), CAST(:names AS text[]), CAST(:levels AS text[]), "
    "CAST(:parents AS text[]), CAST(:dates AS date[])) "
    "ON CONFLICT (code) DO UPDATE SET name = excluded.name "
    "WHERE division.issuer IS NULL AND division.name <> excluded.name"
)
"""National data never overwrite what a place has added under the same code."""
