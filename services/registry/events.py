"""What the registry tells the other services: the non-identifying facts of people and of their employment spells.

Never a name, number, phone, address or employer. Codes are those of `services/registry/codes/`.
"""

from datetime import date
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from shared.feed import Event


class Sex(StrEnum):
    MALE = "male"
    FEMALE = "female"


class LaborCapacity(StrEnum):
    """劳动能力."""

    SKILLED = "skilled"
    NORMAL = "normal"
    WEAK = "weak"
    HALF = "half"
    LOST = "lost"
    NONE = "none"


class Mobility(StrEnum):
    """三类: who can leave home for far work, for near work, or not at all."""

    FAR = "far"
    NEAR = "near"
    UNABLE = "unable"


class Base(StrEnum):
    """户类型: `poverty_alleviated` is 建档立卡 only."""

    POVERTY_ALLEVIATED = "poverty_alleviated"
    ORDINARY = "ordinary"
    OTHER = "other"


class Monitoring(StrEnum):
    """防止返贫监测对象."""

    UNSTABLE = "unstable"
    MARGINAL = "marginal"
    SUDDEN_HARDSHIP = "sudden_hardship"


class Status(StrEnum):
    """就业状态."""

    EMPLOYED = "employed"
    UNEMPLOYED = "unemployed"
    IN_SCHOOL = "in_school"
    UNWILLING = "unwilling"
    UNABLE = "unable"
    UNREACHABLE = "unreachable"
    AGED_OUT = "aged_out"
    DECEASED = "deceased"


class Transfer(StrEnum):
    """转移就业: 县内, 县外省内, 省外."""

    WITHIN_COUNTY = "within_county"
    OUTSIDE_COUNTY = "outside_county"
    OUTSIDE_PROVINCE = "outside_province"


class IntentPlace(StrEnum):
    """就业意向 as annex 2 asks for it; 省外 counts as 县外."""

    WITHIN_COUNTY = "within_county"
    OUTSIDE_COUNTY = "outside_county"


class SpellKind(StrEnum):
    """就业形式."""

    UNIT = "unit"
    FLEXIBLE = "flexible"
    SELF_EMPLOYED = "self_employed"
    PUBLIC_POST = "public_post"
    OWN_FARM = "own_farm"


class Channel(StrEnum):
    """How a spell came to be known."""

    SELF = "self"
    ORGANISED = "organised"
    PLACEMENT = "placement"
    IMPORT = "import"


class _Facts(BaseModel):
    model_config = ConfigDict(frozen=True, from_attributes=True)


class PersonState(_Facts):
    """A registered laborer 劳动力."""

    household_id: UUID
    sex: Sex
    birth_year: int
    ethnicity: str | None = Field(description="GB/T 3304")
    education: str | None = Field(description="GB/T 4658")
    political_status: str | None = Field(description="GB/T 4762")
    health: str | None = Field(description="GB/T 2261.3; M1 is 患有大病")
    labor_capacity: LaborCapacity
    mobility: Mobility | None
    base: Base
    monitoring: Monitoring | None
    status: Status
    initial_status: Status
    verified: bool
    alive: bool
    registered_on: date
    transfer: Transfer | None = Field(description="of the present employment 现就业的转移类别")
    intent_place: IntentPlace | None
    service_needs: list[str]
    skills: list[str]
    wish_wage_fen: int | None


class SpellState(_Facts):
    """One time of employment of one person 就业记录."""

    person_id: UUID
    base: Base
    placement_id: UUID | None
    kind: SpellKind
    started_on: date
    ended_on: date | None
    end_reason: str | None
    work_region: str | None = Field(description="2 to 12 digits; null when the place is known only as text, or not")
    work_place_text: bool = Field(description="the place is known only as text 就业地点仅有文字")
    transfer: Transfer | None
    organised: bool
    contract_signed: bool
    contract_from: date | None
    contract_to: date | None
    insured: bool
    verified: bool
    channel: Channel


class PersonChanged(Event):
    """`region` is the managing village, `work_region` where the person works at present."""

    type: ClassVar[str] = "registry.person"
    after: PersonState | None


class SpellChanged(Event):
    """The subject is the spell; `region` is the person's managing village."""

    type: ClassVar[str] = "registry.spell"
    after: SpellState | None
