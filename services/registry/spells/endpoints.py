"""Spells: from placements by the service that places people, from officers by person."""

from uuid import UUID

from fastapi import APIRouter, Response

from services.registry.permissions import PersonReader, PersonVerifier, PersonWriter, SpellService
from services.registry.persons import service as persons
from services.registry.spells import service
from services.registry.spells.errors import (
    AlreadyEmployed,
    BelongsToPlacement,
    PersonNotAlive,
    PlacementOfAnother,
    SpellAlreadyVerified,
    SpellNeedsSecondPerson,
)
from services.registry.spells.models import Spell
from services.registry.spells.schemas import OfficerSpell, PlacementSpell, PlacementSpellOut, SpellList, SpellOut
from shared import versions
from shared.database import Session
from shared.errors import NotFound, PreconditionRequired, StaleVersion, problems
from shared.idempotency import OptionalKey
from shared.runtime import CurrentRuntime
from shared.versions import ExpectedVersion

router = APIRouter(prefix="/v1/spells", tags=["spells 就业记录"])
of_person = APIRouter(prefix="/v1/persons/{person_id}/spells", tags=["spells 就业记录"])


@router.put(
    "/{placement_id}",
    responses={
        201: {"model": PlacementSpellOut, "description": "新建 created"},
        **problems(NotFound, PersonNotAlive, AlreadyEmployed, PlacementOfAnother),
    },
)
async def put_spell(
    placement_id: UUID, state: PlacementSpell, response: Response, runtime: CurrentRuntime, caller: SpellService
) -> PlacementSpellOut:
    """Make a placement's spell what is stated; safe to repeat 写入录用产生的就业记录."""
    async with runtime.database.system_session() as session:
        put = await service.put_placement(session, caller, placement_id, state)
    response.status_code = 201 if put.created else 200
    return PlacementSpellOut.model_validate(put.spell)


@of_person.get("", responses=problems(NotFound))
async def list_spells(person_id: UUID, session: Session, caller: PersonReader) -> SpellList:
    """All spells of one person 就业记录列表."""
    person = await persons.get(session, person_id, caller.region or "")
    return SpellList(items=[shown(spell) for spell in await service.of_person(session, person)])


@of_person.post("", status_code=201, responses=problems(NotFound, PersonNotAlive, AlreadyEmployed))
async def record_spell(
    person_id: UUID, state: OfficerSpell, session: Session, caller: PersonWriter, once: OptionalKey
) -> SpellOut:
    """Record a spell that no placement made 登记就业记录."""
    made = await once.claim(session, caller)
    person = await persons.get_locked(session, person_id, caller.region or "")
    if made is not None:
        return shown(await service.get(session, person, UUID(made)))
    spell = await service.record(session, caller, person, state)
    await once.done(session, spell.id)
    return shown(spell)


@of_person.put(
    "/{spell_id}",
    responses=problems(
        NotFound, PersonNotAlive, AlreadyEmployed, BelongsToPlacement, StaleVersion, PreconditionRequired
    ),
)
async def change_spell(
    person_id: UUID,
    spell_id: UUID,
    state: OfficerSpell,
    response: Response,
    session: Session,
    caller: PersonWriter,
    expected: ExpectedVersion,
) -> SpellOut:
    """Correct or end a spell 修改或终止就业记录."""
    person = await persons.get_locked(session, person_id, caller.region or "")
    spell = await service.change(session, caller, person, spell_id, expected, state)
    versions.tag(response, spell.version)
    return shown(spell)


@of_person.post("/{spell_id}/verify", responses=problems(NotFound, SpellAlreadyVerified, SpellNeedsSecondPerson))
async def verify_spell(person_id: UUID, spell_id: UUID, session: Session, caller: PersonVerifier) -> SpellOut:
    """A second person confirms a spell 核实就业记录."""
    person = await persons.get_locked(session, person_id, caller.region or "")
    return shown(await service.verify(session, caller, person, spell_id))


def shown(spell: Spell) -> SpellOut:
    return SpellOut.model_validate(spell.model_dump() | {"verified": spell.verified_by is not None})
