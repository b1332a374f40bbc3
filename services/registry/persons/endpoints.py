"""People: lists, one person, their whole numbers, changes, verification."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.registry.events import Base, Status
from services.registry.permissions import IdentityReader, PersonReader, PersonVerifier, PersonWriter
from services.registry.persons import answers, sealing, service
from services.registry.persons.errors import AlreadyVerified, HasOpenSpell, SecondPersonNeeded, VerifiedElsewhere
from services.registry.persons.models import Person
from services.registry.persons.schemas import (
    IdentityOut,
    PersonChange,
    PersonOut,
    PersonPage,
    WorkerOut,
    WorkerPage,
)
from services.registry.spells import service as spells
from shared import audit, clock, pagination, regions, versions
from shared.answers import Written
from shared.auth import Principal
from shared.crypto import Keyring
from shared.database import Session
from shared.errors import Invalid, NotFound, PreconditionRequired, StaleVersion, problems
from shared.pagination import Cursor, Limit
from shared.regions import RegionCode
from shared.runtime import CurrentRuntime
from shared.versions import ExpectedVersion

router = APIRouter(prefix="/v1/persons", tags=["persons 人员"])
workers = APIRouter(prefix="/v1/workers", tags=["persons 人员"])

_REGION = Query(description="在此地区及以下;默认本地区 below this region; your own by default")
Purpose = Annotated[str, Query(min_length=2, max_length=200, description="查看用途,写入审计日志 goes to the audit log")]


@router.get("", response_model=PersonPage, responses=problems(Invalid, NotFound))
async def list_persons(
    request: Request,
    runtime: CurrentRuntime,
    caller: PersonReader,
    region: Annotated[RegionCode | None, _REGION] = None,
    status: Status | None = None,
    base: Base | None = None,
    household: UUID | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response:
    """People managed in a region, by village 人员列表."""
    pagination.refuse_unknown(request, "region", "status", "base", "household")
    chosen = {"status": status, "base": base, "household_id": household}
    filters: dict[str, object] = {name: value for name, value in chosen.items() if value is not None}
    rows = await service.page(runtime.database, within(caller, region), filters, _after(cursor), limit)
    following = pagination.encode(rows[-1]["region"], rows[-1]["id"]) if len(rows) == limit else None
    response = Written({"items": [answers.person(runtime.keyring, row) for row in rows], "next": following})
    pagination.link_next(request, response, following)
    return response


@router.get("/{person_id}", response_model=PersonOut, responses=problems(NotFound))
async def get_person(person_id: UUID, runtime: CurrentRuntime, caller: PersonReader) -> Response:
    """One person, numbers masked 人员信息."""
    row = await service.look(runtime.database, person_id, caller.region or "")
    response = Written(answers.person(runtime.keyring, row))
    versions.tag(response, row["version"])
    return response


@router.get("/{person_id}/identity", responses=problems(NotFound))
async def get_identity(
    person_id: UUID, purpose: Purpose, session: Session, runtime: CurrentRuntime, caller: IdentityReader
) -> IdentityOut:
    """The whole ID number and phone, for a stated purpose; audited before the answer leaves 查看完整证件号码和电话."""
    person = await service.get(session, person_id, caller.region or "")
    await audit.record(session, "registry:person:see_identity", caller, person.id, purpose=purpose)
    opened = sealing.open_person(runtime.keyring, person)
    return IdentityOut(id=person.id, id_type=person.id_type, **opened._asdict())


@router.patch("/{person_id}", responses=problems(NotFound, HasOpenSpell, StaleVersion, PreconditionRequired))
async def change_person(
    person_id: UUID,
    change: PersonChange,
    response: Response,
    session: Session,
    runtime: CurrentRuntime,
    caller: PersonWriter,
    expected: ExpectedVersion,
) -> PersonOut:
    """Change what is known of a person 修改人员信息."""
    person = await service.get_locked(session, person_id, caller.region or "")
    versions.require_same(expected, person.version)
    changes = change.changes()
    if changes.get("status") == Status.DECEASED:
        await spells.end_all(session, person, clock.today())
    elif "status" in changes and person.present_spell is not None:
        raise HasOpenSpell
    await service.change(session, runtime.keyring, person, expected, changes)
    await audit.record(session, "registry:person:change", caller, person.id, fields=sorted(changes))
    versions.tag(response, person.version)
    return shown(runtime.keyring, person)


@router.post(
    "/{person_id}/verify", responses=problems(NotFound, VerifiedElsewhere, AlreadyVerified, SecondPersonNeeded)
)
async def verify_person(
    person_id: UUID, session: Session, runtime: CurrentRuntime, caller: PersonVerifier
) -> PersonOut:
    """A second person confirms the registration, at the hukou or the work place 核实人员信息."""
    person = await service.verify(session, caller, person_id)
    await spells.verify_open(session, caller, person)
    return shown(runtime.keyring, person)


@workers.get("", responses=problems(Invalid, NotFound))
async def list_workers(
    request: Request,
    response: Response,
    session: Session,
    runtime: CurrentRuntime,
    caller: PersonReader,
    region: Annotated[RegionCode | None, _REGION] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> WorkerPage:
    """People managed elsewhere who work in a region: their employment only 外来就业人员列表."""
    pagination.refuse_unknown(request, "region")
    rows = await service.guests(session, within(caller, region), _after(cursor), limit)
    following = pagination.encode(rows[-1].work_region, rows[-1].id) if len(rows) == limit else None
    pagination.link_next(request, response, following)
    return WorkerPage(items=[_worker(runtime.keyring, caller, row) for row in rows], next=following)


def within(caller: Principal, region: str | None) -> str:
    """The asked region, if it lies in the caller's; the caller's own without one. Raises `NotFound`."""
    own = caller.region or ""
    if region is None:
        return own
    if not regions.contains(own, region):
        raise NotFound
    return region


def shown(keyring: Keyring, person: Person) -> PersonOut:
    """A person as answers show them, from an entity that a session holds."""
    columns = person.model_dump() | {"verified": person.verified_at is not None}
    return PersonOut.model_validate(columns | sealing.open_person(keyring, person).masked()._asdict())


def _worker(keyring: Keyring, caller: Principal, row: Any) -> WorkerOut:
    opened = sealing.open_person(keyring, row).masked()
    here = regions.contains(caller.region or "", row.verifying_region)
    return WorkerOut.model_validate(
        row._asdict()
        | {"person_id": row.id, "name": opened.name, "id_number": opened.id_number}
        | {"to_verify": here and row.verified_at is None}
    )


def _after(cursor: str | None) -> tuple[str, UUID] | None:
    position = pagination.decode(cursor, 2)
    if position is None:
        return None
    try:
        return position[0], UUID(position[1])
    except ValueError:
        raise Invalid from None
