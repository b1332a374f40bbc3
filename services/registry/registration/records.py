"""Who is to be registered, in the register's own terms, whether they come by form, by workbook or by another system."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from services.registry.persons.identity import IdType


@dataclass(frozen=True, slots=True)
class Employment:
    """The job that somebody has when they are registered. `started` says how well the first day is known."""

    kind: str
    started_on: date
    channel: str
    started: str = "day"
    employer_name: str | None = None
    employer_uscc: str | None = None
    work_region: str | None = None
    work_place: str | None = None
    occupation: str | None = None
    monthly_wage_fen: int | None = None
    contract_signed: bool = False
    contract_from: date | None = None
    contract_to: date | None = None
    insured: bool = False
    organised: bool = False


@dataclass(frozen=True, slots=True)
class Registration:
    """One person with their household. All codes are those of the tables; names and numbers are normalised."""

    region: str
    household_number: str
    base: str
    monitoring: str | None
    kinship: str
    name: str
    id_type: IdType
    id_number: str
    birth: date | None
    birth_year: int
    sex: str
    ethnicity: str | None
    political_status: str | None
    education: str | None
    health: str | None
    labor_capacity: str
    phone: str | None
    phone_whose: str | None
    status: str
    surveyor: str
    registered_on: date
    words: Mapping[str, str] = field(default_factory=dict)
    status_reason: str | None = None
    mobility: str | None = None
    hukou_region: str | None = None
    residence_region: str | None = None
    intent_place: str | None = None
    service_needs: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    wish_wage_fen: int | None = None
    employment: Employment | None = None
    import_id: UUID | None = None
