"""From a row of annex 2 to the register's own terms."""

from services.registry.codes.writing import squeeze
from services.registry.events import Channel, IntentPlace, LaborCapacity, SpellKind, Status
from services.registry.imports.annex2 import PersonRow
from services.registry.imports.models import PersonImport
from services.registry.persons import work
from services.registry.registration.form import sex_of
from services.registry.registration.records import Employment, Registration
from shared import clock

_WITHOUT_UNIT = (
    (SpellKind.FLEXIBLE, ("灵活就业", "零工", "打零工", "临时工")),
    (SpellKind.SELF_EMPLOYED, ("自主创业", "自主经营", "个体经营", "创业", "个体户")),
    (SpellKind.OWN_FARM, ("务农", "在家务农", "种养殖", "家庭经营")),
    (SpellKind.PUBLIC_POST, ("公益性岗位", "公益岗", "公益岗位", "乡村公益性岗位")),
)
_KINDS = {word: kind for kind, words in _WITHOUT_UNIT for word in words}
_INTENTS = {
    "within_county": IntentPlace.WITHIN_COUNTY,
    "outside_county": IntentPlace.OUTSIDE_COUNTY,
    "outside_province": IntentPlace.OUTSIDE_COUNTY,
}
_UNWILLING = "none"


def registration(row: PersonRow, found: PersonImport) -> Registration:
    """A checked row. A blank 劳动能力 stands for 普通劳动力: the form lists laborers and `words` shows the blank."""
    who = row.identity
    sex = sex_of(row.sex, who)
    if who.birth is None or sex is None:
        raise ValueError("an unchecked row")
    capacity = row.labor_capacity or LaborCapacity.NORMAL.value
    idle = work.status_without_work(capacity, willing=row.intent != _UNWILLING)
    intent = _INTENTS.get(row.intent or "")
    return Registration(
        region=row.village,
        household_number=row.household,
        base=row.base,
        monitoring=row.monitoring,
        kinship=row.kinship,
        name=row.name,
        id_type=who.type,
        id_number=who.number,
        birth=who.birth,
        birth_year=who.birth.year,
        sex=sex.value,
        ethnicity=row.ethnicity,
        political_status=row.political_status,
        education=row.education,
        health=row.health,
        labor_capacity=capacity,
        phone=row.phone,
        phone_whose=row.phone_whose,
        status=Status.EMPLOYED.value if row.employed else idle.value,
        surveyor=found.made_by,
        registered_on=clock.today(),
        words=row.words,
        intent_place=intent.value if intent else None,
        service_needs=row.service_needs,
        employment=_employment(row) if row.employed else None,
        import_id=found.id,
    )


def _employment(row: PersonRow) -> Employment:
    """Without a date the form says no more than that the person works today."""
    known = row.employed_since is not None
    return Employment(
        kind=_KINDS.get(squeeze(row.employer or ""), SpellKind.UNIT).value,
        started_on=row.employed_since or clock.today(),
        started="month" if row.since_month_only else "day" if known else "known_by",
        channel=Channel.IMPORT.value,
        employer_name=row.employer,
        work_region=row.work_region,
        work_place=row.work_place,
    )
