"""People as the API takes and shows them. Numbers are masked; the whole ones have an answer of their own."""

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.registry.codes.fields import Checked, Coded
from services.registry.events import (
    Base,
    IntentPlace,
    LaborCapacity,
    Mobility,
    Monitoring,
    Sex,
    SpellKind,
    Status,
    Transfer,
)
from services.registry.persons import names
from services.registry.persons.identity import IdType
from shared.money import Fen, FenIn
from shared.regions import RegionCode, VillageCode

Name = Annotated[str, Checked(names.normalise_name, minLength=1, maxLength=names.MAX_NAME, description="姓名 name")]
Ethnicity = Annotated[str, Coded("ethnicity")]
PoliticalStatus = Annotated[str, Coded("political_status")]
Education = Annotated[str, Coded("education")]
Health = Annotated[str, Coded("health")]
Capacity = Annotated[str, Coded("labor_capacity")]
Kinship = Annotated[str, Coded("kinship")]
ServiceNeed = Annotated[str, Coded("service_need")]
Whose = Annotated[str, Field(min_length=1, max_length=20, description="电话机主与本人关系 whose phone")]
Skill = Annotated[str, Field(min_length=1, max_length=50)]
Reason = Annotated[str, Field(min_length=1, max_length=200)]


def _phone(text: str) -> str:
    found = names.normalise_phone(text)
    return f"{found.number}({found.whose})" if found.whose else found.number


Phone = Annotated[
    str, Checked(_phone, description="手机号或座机号;他人电话注明关系,如 手机号(子)", examples=["13800001111"])
]
StatusWithoutWork = Literal["unemployed", "in_school", "unwilling", "unable", "unreachable", "aged_out"]


class PersonOut(BaseModel):
    """A registered laborer 劳动力, numbers masked."""

    model_config = ConfigDict(from_attributes=True, validate_by_name=True)

    id: UUID
    region: VillageCode
    household_id: UUID
    kinship: str
    name: str
    id_type: IdType
    id_number: str = Field(description="掩码 masked")
    phone: str | None = Field(description="掩码 masked")
    phone_whose: str | None
    sex: Sex
    birth_year: int
    ethnicity: str | None
    political_status: str | None
    education: str | None
    health: str | None
    labor_capacity: LaborCapacity
    mobility: Mobility | None
    base: Base
    monitoring: Monitoring | None
    status: Status
    status_reason: str | None
    initial_status: Status
    hukou_region: RegionCode
    residence_region: RegionCode | None
    work_region: RegionCode | None
    transfer: Transfer | None
    intent_place: IntentPlace | None
    service_needs: list[str]
    skills: list[str]
    wish_wage: Fen | None = Field(validation_alias="wish_wage_fen")
    alive: bool
    registered_on: date
    surveyor: str
    verifying_region: RegionCode = Field(description="由谁核实:户籍地或就业地 who verifies")
    verified: bool
    verified_by: str | None
    version: int


class PersonPage(BaseModel):
    """Some people, and where to go on."""

    items: list[PersonOut]
    next: str | None


class IdentityOut(BaseModel):
    """The whole numbers; each look is in the audit log."""

    id: UUID
    name: str
    id_type: IdType
    id_number: str
    phone: str | None


class WorkerOut(BaseModel):
    """Somebody from elsewhere who works here: an employment record, no more 外来就业人员."""

    model_config = ConfigDict(from_attributes=True)

    person_id: UUID
    name: str
    id_number: str = Field(description="掩码 masked")
    work_region: RegionCode
    spell_id: UUID
    kind: SpellKind
    employer_name: str | None
    occupation: str | None
    started_on: date
    contract_signed: bool
    insured: bool
    to_verify: bool = Field(description="待本地核实 your place is to verify this person")


class WorkerPage(BaseModel):
    """Some workers, and where to go on."""

    items: list[WorkerOut]
    next: str | None


class PersonChange(BaseModel):
    """What is to change; fields left out stay as they are. Employment is changed by spells 就业记录."""

    model_config = ConfigDict(extra="forbid")

    name: Name = ""
    phone: Phone | None = None
    kinship: Kinship = ""
    hukou_region: RegionCode = ""
    residence_region: RegionCode | None = None
    ethnicity: Ethnicity | None = None
    political_status: PoliticalStatus | None = None
    education: Education | None = None
    health: Health | None = None
    labor_capacity: Capacity = ""
    mobility: Mobility | None = Field(default=None, description="为空则按规则推定 null derives it by the rule")
    status: Literal[StatusWithoutWork, "deceased"] = "unemployed"
    status_reason: Reason | None = None
    intent_place: IntentPlace | None = None
    service_needs: list[ServiceNeed] = Field(default=[], max_length=20)
    skills: list[Skill] = Field(default=[], max_length=30)
    wish_wage_fen: FenIn | None = Field(default=None, alias="wish_wage")

    def changes(self) -> dict[str, Any]:
        """The columns that the request names, with a phone apart from whose it is."""
        given = self.model_dump(exclude_unset=True)
        if given.get("phone"):
            given |= names.normalise_phone(given["phone"])._asdict()
            given["phone"], given["phone_whose"] = given.pop("number"), given.pop("whose")
        return given


class Facts(BaseModel):
    """What decides about entitlements; nothing identifying."""

    model_config = ConfigDict(from_attributes=True)

    person_id: UUID
    version: int
    alive: bool
    base: Base
    monitoring: Monitoring | None
    mobility: Mobility | None
    status: Status
    labor_capacity: LaborCapacity
    birth_year: int
    region: VillageCode
    county_code: str
    hukou_region: RegionCode
    spells: list["SpellFact"]


class SpellFact(BaseModel):
    """One spell among a person's facts."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    placement_id: UUID | None
    started_on: date
    ended_on: date | None
    work_region: RegionCode | None
    transfer: Transfer | None
    organised: bool
    contract_signed: bool
    insured: bool
    verified: bool
    version: int


class BatchRequest(BaseModel):
    """Whose names are wanted. `purpose` is required from a service."""

    model_config = ConfigDict(extra="forbid")

    ids: list[UUID] = Field(max_length=200)
    purpose: Literal["payment"] | None = None


class BatchPerson(BaseModel):
    """A name with its numbers: masked for officers; for payments whole, and without the phone."""

    id: UUID
    name: str
    id_number: str
    phone: str | None
    region: VillageCode
