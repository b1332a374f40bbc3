"""From the form's body, already checked field by field, to the register's own terms."""

from services.registry.codes import tables
from services.registry.events import Sex, Status
from services.registry.persons import identity, names, work
from services.registry.persons.identity import Identity
from services.registry.registration.errors import SexUnknown
from services.registry.registration.records import Employment, Registration
from services.registry.registration.schemas import Doubt, EmploymentIn, NewPerson
from shared import clock
from shared.errors import FieldError


def registration(new: NewPerson, surveyor: str) -> Registration:
    """Raises `SexUnknown`."""
    today = clock.today()
    who = identity.parse(new.id_number, today)
    sex = sex_of(new.sex, who)
    if sex is None:
        raise SexUnknown(errors=[FieldError("/sex", SexUnknown.title, "unknown")])
    phone = names.normalise_phone(new.phone) if new.phone else None
    category = tables.table("household_category").entries[new.household.category].extra
    without_work = new.status or work.status_without_work(new.labor_capacity, willing=True)
    return Registration(
        region=new.region,
        household_number=new.household.number.upper(),
        base=category["base"],
        monitoring=category["monitoring"] or None,
        kinship=new.kinship,
        name=new.name,
        id_type=who.type,
        id_number=who.number,
        birth=who.birth,
        birth_year=who.birth.year if who.birth else new.birth_year or 0,
        sex=sex.value,
        ethnicity=new.ethnicity,
        political_status=new.political_status,
        education=new.education,
        health=new.health,
        labor_capacity=new.labor_capacity,
        phone=phone.number if phone else None,
        phone_whose=phone.whose if phone else None,
        status=Status.EMPLOYED.value if new.employment else str(without_work),
        status_reason=new.status_reason,
        surveyor=surveyor,
        registered_on=today,
        mobility=new.mobility.value if new.mobility else None,
        hukou_region=new.hukou_region,
        residence_region=new.residence_region,
        intent_place=new.intent_place.value if new.intent_place else None,
        service_needs=tuple(dict.fromkeys(new.service_needs)),
        skills=tuple(dict.fromkeys(new.skills)),
        wish_wage_fen=new.wish_wage_fen,
        employment=_employment(new.employment) if new.employment else None,
    )


def sex_of(stated: str, who: Identity) -> Sex | None:
    """The stated sex (GB/T 2261.1); that of the ID number where it is not stated; None when neither tells."""
    known: dict[str, Sex] = {identity.Sex.MALE: Sex.MALE, identity.Sex.FEMALE: Sex.FEMALE}
    return known.get(stated) or known.get(who.sex or "")


def doubts(new: NewPerson) -> list[Doubt]:
    """What an officer should look at again."""
    if identity.sex_differs(identity.parse(new.id_number, clock.today()), new.sex):
        return [Doubt(pointer="/sex", detail=identity.SEX_DIFFERS.zh, code="sex_differs")]
    return []


def _employment(job: EmploymentIn) -> Employment:
    facts = job.model_dump(exclude={"ended_on", "end_reason"})
    return Employment(**facts | {"kind": job.kind.value})
