"""Statements on spells, built once. Those of one person name the county, and so touch one shard."""

from sqlalchemy import Table, and_, bindparam, or_, select, text
from sqlmodel import col

from services.registry.persons.models import Person
from services.registry.spells.models import PlacementKey, Spell

SPELL: Table = Spell.__table__  # type: ignore[attr-defined]

CLAIM = text(
    "INSERT INTO placement_key (placement_id, spell_id, person_id, county_code) "
    "VALUES (:placement_id, :spell_id, :person_id, :county_code) ON CONFLICT DO NOTHING RETURNING spell_id"
)
KEY = select(PlacementKey).where(col(PlacementKey.placement_id) == bindparam("placement_id"))
_OF_PERSON = (col(Spell.county_code) == bindparam("county_code"), col(Spell.person_id) == bindparam("person_id"))
OF_PERSON = select(Spell).where(*_OF_PERSON).order_by(col(Spell.started_on), col(Spell.id))
ONE = select(Spell).where(*_OF_PERSON, col(Spell.id) == bindparam("id")).with_for_update()
OPEN = (
    select(Spell)
    .where(*_OF_PERSON, col(Spell.ended_on).is_(None))
    .order_by((col(Spell.kind) == "unit").desc(), col(Spell.started_on).desc(), col(Spell.id).desc())
)
"""The present employment first: with a unit before other kinds, the latest before earlier ones."""

OPEN_IN_PLACE = OPEN.where(
    or_(
        and_(col(Spell.region) >= bindparam("low"), col(Spell.region) < bindparam("high")),
        and_(col(Spell.work_region) >= bindparam("low"), col(Spell.work_region) < bindparam("high")),
    )
)
OVERLAPPING_UNIT = (
    select(SPELL.c.id)
    .where(
        *_OF_PERSON,
        col(Spell.kind) == "unit",
        col(Spell.ended_on).is_(None),
        col(Spell.id) != bindparam("id"),
        col(Spell.started_on) < bindparam("until"),
    )
    .limit(1)
)
_WITH_BASE = select(Spell, col(Person.base)).join(
    Person, and_(col(Person.county_code) == col(Spell.county_code), col(Person.id) == col(Spell.person_id))
)
AFTER_ID = _WITH_BASE.order_by(col(Spell.id)).limit(bindparam("limit"))
AFTER = AFTER_ID.where(col(Spell.id) > bindparam("last"))
