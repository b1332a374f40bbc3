"""Statements on people. Every one that answers a request binds its own range; row-level security is only the net."""

from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Select, Table, and_, bindparam, not_, select, text, tuple_
from sqlmodel import col

from services.registry.persons.models import Person
from services.registry.spells.models import Spell
from shared import regions
from shared.reads import Read

PERSON: Table = Person.__table__  # type: ignore[attr-defined]
_SPELL: Table = Spell.__table__  # type: ignore[attr-defined]

CLAIM = text(
    "INSERT INTO person_key (id_hmac, person_id, county_code) "
    "SELECT * FROM unnest(CAST(:hmacs AS bytea[]), CAST(:ids AS uuid[]), CAST(:counties AS text[])) "
    "ON CONFLICT DO NOTHING RETURNING id_hmac"
)


def within(column: Any, region: str) -> ColumnElement[bool]:
    """The column lies in the region, in the one form that the index serves."""
    low, high = regions.bounds(region)
    return and_(column >= low, column < high)


BY_ID = select(Person).where(col(Person.id) == bindparam("id"))
BY_IDS = select(Person).where(col(Person.id).in_(bindparam("ids", expanding=True)))
LOCKED = (
    select(Person)
    .where(col(Person.county_code) == bindparam("county_code"), col(Person.id) == bindparam("id"))
    .with_for_update()
    .execution_options(populate_existing=True)
)
COUNTY_OF = select(PERSON.c.county_code).where(PERSON.c.id == bindparam("id"))


def at_home(person_id: UUID, region: str) -> Select[Person]:
    return BY_ID.where(within(PERSON.c.region, region)).params(id=person_id)


def to_verify(person_id: UUID, region: str) -> Select[Person]:
    return BY_ID.where(within(PERSON.c.verifying_region, region)).params(id=person_id)


# What answers show is read most often: compiled once, of columns instead of entities (`make bench-registry`).
_NOT_SHOWN = {
    "county_code", "id_hmac", "phone_hmac", "words", "birth", "mobility_set", "present_spell", "import_id",
    "verified_at",
}  # fmt: skip
_SHOWN = [
    *(column for column in PERSON.c if column.name not in _NOT_SHOWN),
    PERSON.c.verified_at.is_not(None).label("verified"),
]
_BELOW = and_(PERSON.c.region >= bindparam("low"), PERSON.c.region < bindparam("high"))

SHOWN = Read(select(*_SHOWN).where(PERSON.c.id == bindparam("id"), _BELOW))
"""One person managed in the range `low` to `high`."""


@cache
def page(filters: tuple[str, ...], *, after: bool) -> Read:
    """`limit` people managed in the range `low` to `high`, in the order of village and id: index (region, id).

    Each column of `filters` is a parameter of that name; so are, `after` a place, `after_region` and `after_id`.
    """
    statement = select(*_SHOWN).where(_BELOW, *(PERSON.c[name] == bindparam(name) for name in filters))
    if after:
        place = tuple_(
            bindparam("after_region", type_=PERSON.c.region.type), bindparam("after_id", type_=PERSON.c.id.type)
        )
        statement = statement.where(tuple_(PERSON.c.region, PERSON.c.id) > place)
    return Read(statement.order_by(PERSON.c.region, PERSON.c.id).limit(bindparam("limit", type_=Integer)))


def batch(region: str, wanted: list[UUID]) -> Select[*tuple[Any, ...]]:
    return select(PERSON).where(PERSON.c.id.in_(wanted), within(PERSON.c.region, region))


def guests(region: str, after: tuple[str, UUID] | None, limit: int) -> Select[*tuple[Any, ...]]:
    """People who work below a region and are managed elsewhere, each with the spell that makes them so."""
    statement = (
        select(
            PERSON.c.id, PERSON.c.region, PERSON.c.work_region, PERSON.c.name_sealed, PERSON.c.id_sealed,
            PERSON.c.phone_sealed, PERSON.c.verifying_region, PERSON.c.verified_at,
            _SPELL.c.id.label("spell_id"), _SPELL.c.kind, _SPELL.c.employer_name, _SPELL.c.occupation,
            _SPELL.c.started_on, _SPELL.c.contract_signed, _SPELL.c.insured,
        )
        .join_from(
            PERSON,
            _SPELL,
            and_(
                _SPELL.c.county_code == PERSON.c.county_code,
                _SPELL.c.person_id == PERSON.c.id,
                _SPELL.c.id == PERSON.c.present_spell,
            ),
        )
        .where(
            within(PERSON.c.work_region, region),
            PERSON.c.work_region.is_distinct_from(PERSON.c.region),
            not_(within(PERSON.c.region, region)),
        )
    )  # fmt: skip
    if after is not None:
        statement = statement.where(tuple_(PERSON.c.work_region, PERSON.c.id) > after)
    return statement.order_by(PERSON.c.work_region, PERSON.c.id).limit(limit)


def household_members(county_code: str, household_id: UUID) -> Select[Person]:
    return (
        select(Person)
        .where(col(Person.county_code) == county_code, col(Person.household_id) == household_id)
        .order_by(col(Person.id))
        .with_for_update()
    )


def after_id(last: UUID | None, limit: int) -> Select[Person]:
    statement = select(Person).order_by(col(Person.id)).limit(limit)
    return statement if last is None else statement.where(col(Person.id) > last)
