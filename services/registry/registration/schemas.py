"""Registering one person by form."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from services.registry.codes.fields import Checked, Coded
from services.registry.events import IntentPlace, Mobility, SpellKind
from services.registry.persons import identity
from services.registry.persons.schemas import (
    Capacity,
    Education,
    Ethnicity,
    Health,
    Kinship,
    Name,
    PersonOut,
    Phone,
    PoliticalStatus,
    Reason,
    ServiceNeed,
    Skill,
    StatusWithoutWork,
)
from services.registry.spells.schemas import SpellFacts
from shared import clock
from shared.money import FenIn
from shared.regions import RegionCode, VillageCode

IdNumber = Annotated[
    str,
    Checked(
        lambda text: identity.parse(text, clock.today()).number,
        description="证件号码 18 位;残疾人证取前 18 位 ID number",
        examples=["53250419850607001X"],
    ),
]
Category = Annotated[str, Coded("household_category")]
SexWord = Annotated[str, Coded("sex")]
_WORKING = PydanticCustomError(
    "status", "已就业人员不填就业状态 (The status of somebody with an employment is not stated)"
)
_BIRTH_YEAR = PydanticCustomError(
    "birth_year", "证件号码不含出生日期,请填写出生年份 (The number tells no birth date: state the year)"
)


class HouseholdIn(BaseModel):
    """The household by its number in the village; it is added when it is not known."""

    model_config = ConfigDict(extra="forbid")

    number: Annotated[str, Field(pattern="^[0-9A-Za-z-]{1,32}$", description="户编号 household number")]
    category: Category


class EmploymentIn(SpellFacts):
    """The present employment, for who works already."""

    kind: SpellKind
    work_place: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    channel: Literal["self", "organised"] = "self"
    ended_on: None = None
    end_reason: None = None


class NewPerson(BaseModel):
    """A laborer to be registered 登记劳动力."""

    model_config = ConfigDict(extra="forbid")

    region: VillageCode
    household: HouseholdIn
    kinship: Kinship
    name: Name
    id_number: IdNumber
    birth_year: Annotated[int, Field(ge=1900, le=2100)] | None = None
    sex: SexWord
    ethnicity: Ethnicity | None = None
    political_status: PoliticalStatus | None = None
    education: Education | None = None
    health: Health | None = None
    labor_capacity: Capacity
    phone: Phone | None = None
    hukou_region: RegionCode | None = None
    residence_region: RegionCode | None = None
    mobility: Mobility | None = None
    status: StatusWithoutWork | None = None
    status_reason: Reason | None = None
    intent_place: IntentPlace | None = None
    service_needs: list[ServiceNeed] = Field(default=[], max_length=20)
    skills: list[Skill] = Field(default=[], max_length=30)
    wish_wage_fen: FenIn | None = Field(default=None, alias="wish_wage")
    employment: EmploymentIn | None = None

    @model_validator(mode="after")
    def _consistent(self) -> "NewPerson":
        if self.employment is not None and self.status is not None:
            raise _WORKING
        if identity.parse(self.id_number, clock.today()).birth is None and self.birth_year is None:
            raise _BIRTH_YEAR
        return self


class Doubt(BaseModel):
    """Something doubtful that did not stand in the way."""

    pointer: str
    detail: str
    code: str


class Registered(PersonOut):
    """The person as registered, and what is doubtful about them."""

    warnings: list[Doubt]
