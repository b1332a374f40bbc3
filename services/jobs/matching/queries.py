"""Preselection in SQL: the hard limits by indexes, then at most some hundreds to score.

`open_for_person` takes the best paid of each place tier and of those that ask for one of the person's skills: whatever
the score prefers is among them or beaten by a hundred like it. The conditions say in SQL what `score.limits` says.
"""

from typing import Any

from sqlalchemy import (
    ARRAY,
    Boolean,
    ColumnElement,
    Integer,
    Select,
    Text,
    and_,
    bindparam,
    case,
    func,
    not_,
    or_,
    select,
    union,
)
from sqlmodel import col

from services.jobs.matching.score import ABLE
from services.jobs.organisations.models import Organisation
from services.jobs.people.models import Person
from services.jobs.postings.models import Posting

PER_TIER = 100
PEOPLE = 300

_text = Text(collation="C")
_work = col(Posting.work_region)


def _below(column: Any, name: str) -> ColumnElement[bool]:
    """The place lies in the one whose bounds are `<name>_low` and `<name>_high`."""
    return and_(column >= bindparam(f"{name}_low", type_=_text), column < bindparam(f"{name}_high", type_=_text))


_IN_COUNTY, _IN_CITY, _IN_PROVINCE = (_below(_work, name) for name in ("county", "city", "province"))
_TIERS = (
    _IN_COUNTY,
    and_(_IN_CITY, not_(_IN_COUNTY)),
    and_(_IN_PROVINCE, not_(_IN_CITY)),
    or_(_work < bindparam("province_low", type_=_text), _work >= bindparam("province_high", type_=_text)),
)

# --- the limits, of which each is true when it is kept ---

_low_age: ColumnElement[int] = bindparam("youngest", type_=Integer)
_AGE = and_(
    _low_age >= 16,
    col(Posting.min_age) <= _low_age + 1,
    or_(col(Posting.max_age).is_(None), col(Posting.max_age) >= _low_age),
)
_CAPACITY = col(Posting.capacities).bool_op("@>")(bindparam("capacity_list", type_=ARRAY(Text)))
_mobility: ColumnElement[str] = bindparam("mobility", type_=Text)
_intent: ColumnElement[str] = bindparam("intent", type_=Text)
_MOBILITY = case(
    (_mobility == "unable", and_(col(Posting.kind) == "public_post", _IN_COUNTY)),
    (_mobility == "near", or_(_IN_COUNTY, and_(col(Posting.kind) == "workshop", _IN_CITY))),
    else_=True,
)
_INTENT = case(
    (or_(_intent.is_(None), _mobility.in_(("near", "unable"))), True),
    (_intent == "within_county", _IN_COUNTY),
    else_=not_(_IN_COUNTY),
)
_OPEN = (
    col(Posting.status) == "published",
    col(Posting.valid_through) >= bindparam("today"),
    col(Organisation.status) == "active",
)


def _best_paid(*conditions: ColumnElement[bool]) -> Select[Any]:
    ids: Select[Any] = (
        select(Posting.id)  # type: ignore[call-overload]
        .join(Organisation, col(Organisation.id) == col(Posting.organisation_id))
        .where(*_OPEN, *conditions, _AGE, _CAPACITY, _MOBILITY, _INTENT)
        .order_by(col(Posting.monthly_fen).desc(), col(Posting.id))
        .limit(PER_TIER)
    )
    return ids


_wanted_skills = col(Posting.skills).bool_op("&&")(bindparam("skills", type_=ARRAY(Text)))


def _candidates(*tiers: ColumnElement[bool]) -> Select[Any]:
    ids = union(*(_best_paid(tier) for tier in tiers), _best_paid(_wanted_skills, or_(*tiers))).subquery()
    return select(Posting).where(col(Posting.id).in_(select(ids.c.id)))


_AT_HOME = _candidates(_IN_COUNTY)
_NEAR = _candidates(_IN_COUNTY, and_(_TIERS[1], col(Posting.kind) == "workshop"))
_AWAY, _ANYWHERE = _candidates(*_TIERS[1:]), _candidates(*_TIERS)


def open_for_person(mobility: str | None, intent: str | None) -> Select[Any]:
    """The statement for a class and a wish: it looks only where `limits` may let the person go."""
    if mobility == "unable" or (mobility != "near" and intent == "within_county"):
        return _AT_HOME
    if mobility == "near":
        return _NEAR
    return _AWAY if intent == "outside_county" else _ANYWHERE


EXCLUDED = (
    select(
        func.count().label("open"),
        func.count().filter(not_(_AGE)).label("age"),
        func.count().filter(not_(_CAPACITY)).label("capacity"),
        func.count().filter(not_(_MOBILITY)).label("mobility"),
        func.count().filter(not_(_INTENT)).label("intent"),
    )
    .select_from(Posting)
    .join(Organisation, col(Organisation.id) == col(Posting.organisation_id))
    .where(*_OPEN)
)
"""How many of the open postings each limit keeps from a person. Reads all of them: only when asked for."""

# --- people for a posting ---

_home = col(Person.region)
_same_county = _below(_home, "work_county")
_same_city = _below(_home, "work_city")
_low = bindparam("year", type_=Integer) - col(Person.birth_year) - 1
_is_public: ColumnElement[bool] = bindparam("is_public_post", type_=Boolean)
_is_workshop: ColumnElement[bool] = bindparam("is_workshop", type_=Boolean)
_REACHED = case(
    (col(Person.mobility) == "unable", and_(_is_public, _same_county)),
    (col(Person.mobility) == "near", or_(_same_county, and_(_is_workshop, _same_city))),
    else_=True,
)
_WISHED = case(
    (or_(col(Person.intent_place).is_(None), col(Person.mobility).in_(("near", "unable"))), True),
    (col(Person.intent_place) == "within_county", _same_county),
    else_=not_(_same_county),
)
_first = case((or_(col(Person.base) == "poverty_alleviated", col(Person.monitoring).is_not(None)), 0), else_=1)
_skilled = case((col(Person.skills).bool_op("&&")(bindparam("skills", type_=ARRAY(Text))), 0), else_=1)

PEOPLE_FOR_POSTING = (
    select(Person)
    .where(
        _below(_home, "own"),
        col(Person.alive),
        col(Person.status) == "unemployed",
        col(Person.labor_capacity).in_(ABLE),
        col(Person.labor_capacity) == func.any(bindparam("capacities", type_=ARRAY(Text))),
        _low >= 16,
        _low + 1 >= bindparam("min_age"),
        _low <= bindparam("max_age"),
        _REACHED,
        _WISHED,
    )
    .order_by(_first, _skilled, col(Person.wish_wage_fen).asc().nulls_last(), col(Person.person_id))
    .limit(PEOPLE)
)
PEOPLE_OF_COUNTY = PEOPLE_FOR_POSTING.where(col(Person.county_code) == bindparam("county"))
