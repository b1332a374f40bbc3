"""Statements on the projection of people, built once."""

from typing import Any

from sqlalchemy import Delete, Insert, and_, bindparam, delete, exists, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from services.jobs.people.models import Gone, Person, Spell


def _put(model: type[Person] | type[Spell], subject: Any) -> Insert:
    """Insert or replace one subject unless what is known is as new. One statement, for a feed brings many events.

    A move to another county is delete and insert: the row there goes, and one here comes.
    """
    table: Any = model.__table__  # type: ignore[union-attr]
    key, version = table.c[subject.key], table.c.version
    given = {column.name: bindparam(column.name, type_=column.type) for column in table.c}
    moved = delete(table).where(
        key == given[key.name], version < given["version"], table.c.county_code != given["county_code"]
    )
    as_new = exists().where(key == given[key.name], version >= given["version"])
    gone = exists().where(col(Gone.subject) == given[key.name], col(Gone.version) >= given["version"])
    made = insert(table).from_select(list(given), select(*given.values()).where(~as_new, ~gone))
    replaced = {name: made.excluded[name] for name in given}
    return made.on_conflict_do_update(
        index_elements=["county_code", key.name], set_=replaced, where=version < made.excluded.version
    ).add_cte(moved.cte("moved"))


def _remove(model: type[Person] | type[Spell], subject: Any) -> Delete:
    return delete(model).where(col(subject) == bindparam("subject"), col(model.version) <= bindparam("version"))


PUT_PERSON = _put(Person, Person.person_id)
PUT_SPELL = _put(Spell, Spell.spell_id)
REMOVE_PERSON = _remove(Person, Person.person_id)
REMOVE_SPELL = _remove(Spell, Spell.spell_id)
_gone = insert(Gone).values(subject=bindparam("subject"), version=bindparam("version"))
MARK_GONE = _gone.on_conflict_do_update(
    index_elements=["subject"], set_={"version": func.greatest(Gone.version, _gone.excluded.version)}
)
EMPTY = tuple(delete(model) for model in (Person, Spell, Gone))

VISIBLE = (
    select(Person, Spell)
    .outerjoin(
        Spell,
        and_(
            col(Spell.county_code) == col(Person.county_code),
            col(Spell.person_id) == col(Person.person_id),
            col(Spell.ended_on).is_(None),
            col(Spell.kind) == "unit",
        ),
    )
    .where(
        col(Person.person_id) == bindparam("person_id"),
        col(Person.region) >= bindparam("low"),
        col(Person.region) < bindparam("high"),
    )
    .order_by(col(Spell.started_on).desc())
    .limit(1)
)
"""A person of a region with the employment by a unit that the registry holds open, if any."""
VISIBLE_IN_COUNTY = VISIBLE.where(col(Person.county_code) == bindparam("county"))
