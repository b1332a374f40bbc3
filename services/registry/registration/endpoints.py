"""Registering one person."""

from uuid import UUID

from fastapi import APIRouter, Response

from services.registry.permissions import PersonWriter
from services.registry.persons import service as persons
from services.registry.persons.endpoints import shown
from services.registry.persons.errors import AlreadyRegistered, CategoryDiffers
from services.registry.persons.models import Person
from services.registry.regions import service as divisions
from services.registry.registration import form, service
from services.registry.registration.errors import NoSuchVillage, OutsideRegion, SexUnknown
from services.registry.registration.schemas import Doubt, NewPerson, Registered
from services.registry.registration.service import Refusal
from shared import audit, regions, versions
from shared.crypto import Keyring
from shared.database import Session
from shared.errors import FieldError, problems
from shared.idempotency import OptionalKey
from shared.runtime import CurrentRuntime

router = APIRouter(prefix="/v1/persons", tags=["persons 人员"])


@router.post(
    "",
    status_code=201,
    responses=problems(OutsideRegion, NoSuchVillage, SexUnknown, AlreadyRegistered, CategoryDiffers),
)
async def register_person(
    new: NewPerson,
    response: Response,
    session: Session,
    runtime: CurrentRuntime,
    caller: PersonWriter,
    once: OptionalKey,
) -> Registered:
    """Register a laborer; whoever sends it answers for the survey (谁摸查、谁负责) 登记劳动力."""
    own = caller.region or ""
    if not regions.contains(own, new.region):
        raise OutsideRegion
    if (made := await once.claim(session, caller)) is not None:
        return _registered(runtime.keyring, await persons.get(session, UUID(made), own), [])
    if new.region not in await divisions.names(session, [new.region]):
        raise NoSuchVillage(errors=[FieldError("/region", NoSuchVillage.title, "unknown")])
    (outcome,) = await service.register(session, runtime.keyring, [form.registration(new, caller.subject)])
    if outcome.person_id is None:
        raise CategoryDiffers if outcome.refusal is Refusal.CATEGORY_DIFFERS else AlreadyRegistered
    person = await persons.get(session, outcome.person_id, own)
    await audit.record(session, "registry:person:register", caller, person.id)
    await once.done(session, person.id)
    versions.tag(response, person.version)
    return _registered(runtime.keyring, person, form.doubts(new))


def _registered(keyring: Keyring, person: Person, doubts: list[Doubt]) -> Registered:
    return Registered(**shown(keyring, person).model_dump(), warnings=doubts)
