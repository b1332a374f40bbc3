"""Spells: kept by placement id or by officers; a person's status and transfer follow from those that are open.

Every write locks the person first, so that two writes about the same person come one after the other.
"""

from collections.abc import Sequence
from datetime import date
from types import SimpleNamespace
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.events import Channel, SpellChanged, SpellKind, SpellState, Status
from services.registry.persons import service as persons
from services.registry.persons import work
from services.registry.persons.models import Person
from services.registry.spells import queries
from services.registry.spells.errors import (
    AlreadyEmployed,
    BelongsToPlacement,
    PersonNotAlive,
    PlacementOfAnother,
    SpellAlreadyVerified,
    SpellNeedsSecondPerson,
)
from services.registry.spells.models import Spell
from services.registry.spells.schemas import OfficerSpell, PlacementSpell
from shared import audit, clock, feed, ids, regions
from shared.auth import Principal
from shared.errors import NotFound
from shared.versions import require_same

DECEASED = "deceased"


class Put(NamedTuple):
    """A spell, and whether it is new."""

    spell: Spell
    created: bool


def event(spell: Spell | SimpleNamespace, base: str) -> SpellChanged:
    """The spell's present state, as of today. Takes the columns of a new row as well, which cost less to make."""
    computed = {"base", "work_place_text", "verified"}
    return SpellChanged(
        subject=spell.id,
        version=spell.version,
        effective_on=clock.today(),
        county_code=spell.county_code,
        region=spell.region,
        work_region=spell.work_region,
        after=SpellState(
            **{name: getattr(spell, name) for name in SpellState.model_fields if name not in computed},
            base=base,
            work_place_text=spell.work_region is None and spell.work_place is not None,
            verified=spell.verified_by is not None,
        ),
    )


async def snapshot(session: AsyncSession, last: UUID | None, limit: int) -> Sequence[SpellChanged]:
    """The feed's pages of present states."""
    statement = queries.AFTER_ID if last is None else queries.AFTER
    rows = await session.execute(statement, {"limit": limit} | ({} if last is None else {"last": last}))
    return [event(spell, base) for spell, base in rows]


async def of_person(session: AsyncSession, person: Person) -> Sequence[Spell]:
    """From the earliest on."""
    return (await session.execute(queries.OF_PERSON, _of(person))).scalars().all()


async def put_placement(session: AsyncSession, caller: Principal, placement_id: UUID, state: PlacementSpell) -> Put:
    """Make the placement's spell what `state` says. Repeating it changes nothing.

    Raises `NotFound` (no such person), `PersonNotAlive`, `AlreadyEmployed`, `PlacementOfAnother`.
    """
    person = await persons.lock(session, state.person_id)
    spell_id = ids.new_id()
    claim = {"placement_id": placement_id, "spell_id": spell_id, **_of(person)}
    created = await session.scalar(queries.CLAIM, claim) is not None
    if created:
        spell = _new(person, spell_id, state.kind, state.channel, caller, placement_id)
    else:
        spell = await _of_placement(session, placement_id, person)
    await _apply(session, person, spell, state, created=created)
    return Put(spell, created)


async def record(session: AsyncSession, caller: Principal, person: Person, state: OfficerSpell) -> Spell:
    """A spell that an officer knows of, for a locked person. Raises `PersonNotAlive`, `AlreadyEmployed`."""
    spell = _new(person, ids.new_id(), state.kind, state.channel, caller)
    spell.work_place = state.work_place
    await _apply(session, person, spell, state, created=True)
    await audit.record(session, "registry:spell:record", caller, spell.id)
    return spell


async def change(
    session: AsyncSession, caller: Principal, person: Person, spell_id: UUID, expected: int, state: OfficerSpell
) -> Spell:
    """An officer corrects or ends a spell of a locked person. Raises `NotFound`, `StaleVersion`, `BelongsToPlacement`.

    What is changed has to be verified anew.
    """
    spell = await get(session, person, spell_id)
    require_same(expected, spell.version)
    if spell.placement_id is not None:
        raise BelongsToPlacement
    spell.kind, spell.channel, spell.work_place = state.kind, state.channel, state.work_place
    spell.recorded_by, spell.verified_by = caller.subject, None
    await _apply(session, person, spell, state, created=False, force=True)
    await audit.record(session, "registry:spell:change", caller, spell.id)
    return spell


async def verify(session: AsyncSession, caller: Principal, person: Person, spell_id: UUID) -> Spell:
    """A second person confirms a spell. Raises `NotFound`, `SpellAlreadyVerified`, `SpellNeedsSecondPerson`."""
    spell = await get(session, person, spell_id)
    if spell.verified_by is not None:
        raise SpellAlreadyVerified
    if spell.recorded_by == caller.subject:
        raise SpellNeedsSecondPerson
    await _mark_verified(session, caller, person, [spell])
    return spell


async def verify_open(session: AsyncSession, caller: Principal, person: Person) -> None:
    """The person was verified by the caller, and with them the employment that they were registered with."""
    low, high = regions.bounds(caller.region or "")
    found = await session.execute(queries.OPEN_IN_PLACE, {**_of(person), "low": low, "high": high})
    unverified = [s for s in found.scalars() if s.verified_by is None and s.recorded_by != caller.subject]
    await _mark_verified(session, caller, person, unverified)


async def end_all(session: AsyncSession, person: Person, on: date, reason: str = DECEASED) -> None:
    """End what is open of a locked person; their own status is the caller's to set and tell."""
    for spell in (await session.execute(queries.OPEN, _of(person))).scalars():
        spell.ended_on, spell.end_reason = max(on, spell.started_on), reason
        await _saved(session, person, spell)
    person.present_spell = person.work_region = person.transfer = None


async def tell_base(session: AsyncSession, members: Sequence[Person]) -> None:
    """The household's category changed: the members' spells carry it."""
    for person in members:
        for spell in await of_person(session, person):
            await _saved(session, person, spell)


async def _apply(
    session: AsyncSession,
    person: Person,
    spell: Spell,
    state: PlacementSpell | OfficerSpell,
    *,
    created: bool,
    force: bool = False,
) -> None:
    """Bring the spell to the stated facts, unless it has them; then what follows for the person."""
    facts = state.model_dump(exclude={"person_id", "kind", "channel", "work_place"})
    if not (created or force) and all(getattr(spell, name) == value for name, value in facts.items()):
        return
    _refuse_for_the_dead(person, created=created, ended=state.ended_on is not None)
    await _refuse_overlap(session, person, spell, state.ended_on)
    for name, value in facts.items():
        setattr(spell, name, value)
    spell.transfer = work.transfer_of(spell.kind, person.region, spell.work_region)
    if created:
        session.add(spell)
        await session.flush()
        await feed.emit(session, event(spell, person.base))
    else:
        await _saved(session, person, spell)
    await _follow(session, person)


async def _follow(session: AsyncSession, person: Person) -> None:
    """Status and transfer of a locked person after their spells."""
    present = (await session.execute(queries.OPEN.limit(1), _of(person))).scalar_one_or_none()
    before = person.status, person.present_spell, person.work_region, person.transfer
    if present is not None:
        person.status, person.status_reason, person.present_spell = Status.EMPLOYED.value, None, present.id
        person.work_region, person.transfer = present.work_region, present.transfer
    elif person.status == Status.EMPLOYED:
        person.status, person.present_spell = Status.UNEMPLOYED.value, None
        person.work_region = person.transfer = None
    if before != (person.status, person.present_spell, person.work_region, person.transfer):
        await persons.saved(session, person)


async def _of_placement(session: AsyncSession, placement_id: UUID, person: Person) -> Spell:
    key = (await session.execute(queries.KEY, {"placement_id": placement_id})).scalar_one()
    if key.person_id != person.id:
        raise PlacementOfAnother
    return await get(session, person, key.spell_id)


async def get(session: AsyncSession, person: Person, spell_id: UUID) -> Spell:
    """A spell of the person, locked. Raises `NotFound`."""
    found = await session.execute(queries.ONE, {**_of(person), "id": spell_id})
    spell = found.scalar_one_or_none()
    if spell is None:
        raise NotFound
    return spell


async def _mark_verified(session: AsyncSession, caller: Principal, person: Person, found: Sequence[Spell]) -> None:
    for spell in found:
        spell.verified_by = caller.subject
        await _saved(session, person, spell)
        await audit.record(session, "registry:spell:verify", caller, spell.id)


async def _saved(session: AsyncSession, person: Person, spell: Spell) -> None:
    spell.version += 1
    await session.flush()
    await feed.emit(session, event(spell, person.base))


def _refuse_for_the_dead(person: Person, *, created: bool, ended: bool) -> None:
    """Nobody is hired after death; a spell of their lifetime may still be ended or corrected."""
    if not person.alive and (created or not ended):
        raise PersonNotAlive


async def _refuse_overlap(session: AsyncSession, person: Person, spell: Spell, ended_on: date | None) -> None:
    if spell.kind != SpellKind.UNIT:
        return
    values = {**_of(person), "id": spell.id, "until": ended_on or date.max}
    if await session.scalar(queries.OVERLAPPING_UNIT, values) is not None:
        raise AlreadyEmployed


def _new(
    person: Person, spell_id: UUID, kind: str, channel: str, caller: Principal, placement_id: UUID | None = None
) -> Spell:
    return Spell(
        county_code=person.county_code,
        id=spell_id,
        region=person.region,
        person_id=person.id,
        placement_id=placement_id,
        kind=SpellKind(kind).value,
        channel=Channel(channel).value,
        started_on=date.max,
        recorded_by=caller.subject,
    )


def _of(person: Person) -> dict[str, Any]:
    return {"county_code": person.county_code, "person_id": person.id}
