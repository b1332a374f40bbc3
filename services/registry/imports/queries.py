"""Statements on imports, built once."""

from sqlalchemy import Table, bindparam, select
from sqlmodel import col

from services.registry.imports.models import ImportRefusal, PersonImport

REFUSAL: Table = ImportRefusal.__table__  # type: ignore[attr-defined]

ONE = select(PersonImport).where(
    col(PersonImport.id) == bindparam("id"),
    col(PersonImport.region) >= bindparam("low"),
    col(PersonImport.region) < bindparam("high"),
)
SAME = select(PersonImport).where(
    col(PersonImport.made_by) == bindparam("made_by"),
    col(PersonImport.region) == bindparam("region"),
    col(PersonImport.sha256) == bindparam("sha256"),
    col(PersonImport.state) != "failed",
)
LOCKED = (
    select(PersonImport)
    .where(col(PersonImport.id) == bindparam("id"))
    .with_for_update()
    .execution_options(populate_existing=True)
)
REFUSALS = select(ImportRefusal).where(col(ImportRefusal.import_id) == bindparam("id")).order_by(col(ImportRefusal.row))
