"""People for the other services: facts without names, and names for those who may see them."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter

from services.registry.permissions import BatchReader, FactsReader
from services.registry.persons import sealing, service
from services.registry.persons.schemas import BatchPerson, BatchRequest, Facts, SpellFact
from services.registry.spells import service as spells
from shared import audit
from shared.auth import Principal
from shared.crypto import Keyring
from shared.database import Session
from shared.errors import FieldError, Forbidden, Invalid, NotFound, PreconditionRequired, Text, problems
from shared.runtime import CurrentRuntime

router = APIRouter(prefix="/internal/persons", tags=["persons 人员"])

_PURPOSE = Text("服务调用须说明用途", "A service has to state the purpose")
_ACTING = Text("请提供 X-Acting-For 请求头", "An X-Acting-For header is required")
_SCOPE = Text("令牌缺少 registry:pii", "The token lacks registry:pii")


@router.get("/{person_id}/facts", responses=problems(NotFound))
async def get_facts(person_id: UUID, runtime: CurrentRuntime, _: FactsReader) -> Facts:
    """What decides about entitlements, read in one transaction 人员事实."""
    async with runtime.database.system_session() as session:
        person = await service.find(session, person_id)
        held = await spells.of_person(session, person)
    facts = [SpellFact.model_validate(s.model_dump() | {"verified": s.verified_by is not None}) for s in held]
    return Facts.model_validate(person.model_dump() | {"person_id": person.id, "spells": facts})


@router.post("/batch", responses=problems(Forbidden, Invalid, PreconditionRequired))
async def name_persons(
    wanted: BatchRequest, session: Session, runtime: CurrentRuntime, caller: BatchReader
) -> list[BatchPerson]:
    """Names by id 批量取得姓名.

    With an officer's own token: masked numbers of those whom the officer may see, the others left out. With a service's
    token and the purpose `payment`: whole ID numbers, audited before the answer leaves.
    """
    if caller.is_officer:
        rows = await service.batch(session, caller.region or "", wanted.ids)
        return [_masked(runtime.keyring, row) for row in rows]
    _require_payment(caller, wanted)
    async with runtime.database.system_session() as system:
        people = await service.find_many(system, wanted.ids)
        await audit.record(
            system, "registry:person:name_for_payment", caller, caller.acting_for, purpose=wanted.purpose,
            persons=sorted(str(person.id) for person in people),
        )  # fmt: skip
    return [_whole(runtime.keyring, person) for person in people]


def _require_payment(caller: Principal, wanted: BatchRequest) -> None:
    if wanted.purpose != "payment":
        raise Invalid(errors=[FieldError("/purpose", _PURPOSE, "missing")])
    if "registry:pii" not in caller.scopes:
        raise Forbidden(_SCOPE)
    if not caller.acting_for:
        raise PreconditionRequired(_ACTING)


def _masked(keyring: Keyring, row: Any) -> BatchPerson:
    opened = sealing.open_person(keyring, row).masked()
    return BatchPerson(id=row.id, region=row.region, **opened._asdict())


def _whole(keyring: Keyring, row: Any) -> BatchPerson:
    opened = sealing.open_person(keyring, row)
    return BatchPerson(id=row.id, region=row.region, name=opened.name, id_number=opened.id_number, phone=None)
