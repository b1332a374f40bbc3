"""People: found, changed, verified; and what the others are told of them."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from asyncpg import Record
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.events import PersonChanged, PersonState, Status
from services.registry.persons import queries, sealing, work
from services.registry.persons.errors import AlreadyVerified, SecondPersonNeeded, VerifiedElsewhere
from services.registry.persons.identity import age_on
from services.registry.persons.models import Person
from shared import audit, clock, feed, regions
from shared.auth import Principal
from shared.crypto import Keyring
from shared.database import Database
from shared.errors import NotFound
from shared.versions import require_same


def event(person: Person | SimpleNamespace) -> PersonChanged:
    """The person's present state, as of today. Takes the columns of a new row as well, which cost less to make."""
    return PersonChanged(
        subject=person.id,
        version=person.version,
        effective_on=clock.today(),
        county_code=person.county_code,
        region=person.region,
        work_region=person.work_region,
        after=PersonState(
            **{name: getattr(person, name) for name in PersonState.model_fields if name != "verified"},
            verified=person.verified_at is not None,
        ),
    )


async def snapshot(session: AsyncSession, last: UUID | None, limit: int) -> Sequence[PersonChanged]:
    """The feed's pages of present states."""
    return [event(person) for person in (await session.execute(queries.after_id(last, limit))).scalars()]


async def claim_numbers(session: AsyncSession, people: Sequence[dict[str, Any]]) -> set[bytes]:
    """Claim ID numbers for people to be; returns the fingerprints that were free.

    A number that another transaction is just claiming is waited for. One order, so that two do not wait in a circle.
    """
    if not people:
        return set()
    ordered = sorted(people, key=lambda person: bytes(person["id_hmac"]))
    values = {
        "hmacs": [person["id_hmac"] for person in ordered],
        "ids": [person["id"] for person in ordered],
        "counties": [person["county_code"] for person in ordered],
    }
    return set((await session.execute(queries.CLAIM, values)).scalars())


async def page(
    database: Database, within: str, filters: dict[str, object], after: tuple[str, UUID] | None, limit: int
) -> Sequence[Record]:
    """What answers show of people managed in the region."""
    low, high = regions.bounds(within)
    place = {"after_region": after[0], "after_id": after[1]} if after else {}
    statement = queries.page(tuple(sorted(filters)), after=after is not None)
    return await database.read(statement, low=low, high=high, limit=limit, **filters, **place)


async def guests(session: AsyncSession, within: str, after: tuple[str, UUID] | None, limit: int) -> Sequence[Row[Any]]:
    """People from elsewhere who work in the region, with their job."""
    return (await session.execute(queries.guests(within, after, limit))).all()


async def batch(session: AsyncSession, within: str, wanted: Sequence[UUID]) -> Sequence[Row[Any]]:
    """Those of the wanted that the region manages."""
    return (await session.execute(queries.batch(within, list(wanted)))).all()


async def look(database: Database, person_id: UUID, within: str) -> Record:
    """What answers show of a person managed in the region. Raises `NotFound`."""
    low, high = regions.bounds(within)
    rows = await database.read(queries.SHOWN, id=person_id, low=low, high=high)
    if not rows:
        raise NotFound
    return rows[0]


async def get(session: AsyncSession, person_id: UUID, within: str) -> Person:
    """A person managed in the region. Raises `NotFound`."""
    return _found((await session.execute(queries.at_home(person_id, within))).scalar_one_or_none())


async def get_locked(session: AsyncSession, person_id: UUID, within: str) -> Person:
    """The same, locked until the transaction ends."""
    await get(session, person_id, within)
    return await lock(session, person_id)


async def lock(session: AsyncSession, person_id: UUID) -> Person:
    """Lock a person wherever they are managed. Raises `NotFound`."""
    county = await session.scalar(queries.COUNTY_OF, {"id": person_id})
    found = await session.execute(queries.LOCKED, {"county_code": county, "id": person_id})
    return _found(found.scalar_one_or_none())


async def find(session: AsyncSession, person_id: UUID) -> Person:
    """A person wherever they are managed (services). Raises `NotFound`."""
    return _found((await session.execute(queries.BY_ID, {"id": person_id})).scalar_one_or_none())


async def find_many(session: AsyncSession, wanted: Sequence[UUID]) -> Sequence[Person]:
    """Those of the wanted that exist, wherever they are managed (services)."""
    return (await session.execute(queries.BY_IDS, {"ids": list(wanted)})).scalars().all()


async def change(
    session: AsyncSession, keyring: Keyring, person: Person, expected: int, changes: dict[str, Any]
) -> Person:
    """Apply changes to a locked person and tell of them. `name` and `phone` are sealed. Raises `StaleVersion`."""
    require_same(expected, person.version)
    plain = {name: value for name, value in changes.items() if name not in {"name", "phone"}}
    sealed = sealing.sealed_columns(
        keyring, person.id, name=changes.get("name"), id_number=None, phone=changes.get("phone")
    )
    if "phone" in changes and changes["phone"] is None:
        sealed |= {"phone_sealed": None, "phone_hmac": None}
        plain["phone_whose"] = None
    for name, value in (plain | sealed).items():
        setattr(person, name, value)
    if "mobility" in changes:
        person.mobility_set = changes["mobility"] is not None
    if not person.mobility_set:
        today = clock.today()
        age = age_on(person.birth, today) if person.birth else today.year - person.birth_year
        person.mobility = work.default_mobility(person.labor_capacity, person.health, age)
    person.alive = person.status != Status.DECEASED
    await saved(session, person)
    return person


async def saved(session: AsyncSession, person: Person) -> None:
    """Count the version up and tell the others."""
    person.version += 1
    await session.flush()
    await feed.emit(session, event(person))


async def set_category(
    session: AsyncSession, county_code: str, household_id: UUID, base: str, monitoring: str | None
) -> Sequence[Person]:
    """The household's category changed: so did its members' facts. Returns the members."""
    members = (await session.execute(queries.household_members(county_code, household_id))).scalars().all()
    for person in members:
        person.base, person.monitoring = base, monitoring
        await saved(session, person)
    return members


async def verify(session: AsyncSession, caller: Principal, person_id: UUID) -> Person:
    """A second person confirms the first registration (S003-W2), at the place that has to (S003-W3).

    Raises `NotFound`, `VerifiedElsewhere`, `AlreadyVerified`, `SecondPersonNeeded`.
    """
    within = caller.region or ""
    found = (await session.execute(queries.to_verify(person_id, within))).scalar_one_or_none()
    if found is None:
        await get(session, person_id, within)
        raise VerifiedElsewhere
    person = await lock(session, person_id)
    if person.verified_at is not None:
        raise AlreadyVerified
    if person.surveyor == caller.subject:
        raise SecondPersonNeeded
    person.verified_by, person.verified_at = caller.subject, clock.system_now()
    await saved(session, person)
    await audit.record(session, "registry:person:verify", caller, person.id)
    return person


def _found(person: Person | None) -> Person:
    if person is None:
        raise NotFound
    return person
