"""Spells as the API takes and shows them."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from services.registry.events import Channel, SpellKind, Transfer
from shared.money import Fen, FenIn
from shared.regions import RegionCode, VillageCode

Uscc = Annotated[str, Field(pattern="^[0-9A-Z]{18}$", description="统一社会信用代码 GB 32100")]
Short = Annotated[str, Field(min_length=1, max_length=200)]
_ENDS_BEFORE = PydanticCustomError("period", "结束日期早于开始日期 (The end is before the beginning)")
_REASON_ALONE = PydanticCustomError("end_reason", "未结束的就业不填终止原因 (An end reason needs an end date)")
_CONTRACT = PydanticCustomError("contract", "合同结束日期早于开始日期 (The contract ends before it begins)")


class SpellFacts(BaseModel):
    """What placements and officers state alike."""

    model_config = ConfigDict(extra="forbid")

    employer_name: Short | None = None
    employer_uscc: Uscc | None = None
    work_region: RegionCode | None = None
    started_on: date
    ended_on: date | None = None
    end_reason: Short | None = None
    occupation: Short | None = None
    monthly_wage_fen: FenIn | None = Field(default=None, alias="monthly_wage")
    contract_signed: bool = False
    contract_from: date | None = None
    contract_to: date | None = None
    insured: bool = False
    organised: bool = False

    @model_validator(mode="after")
    def _in_order(self) -> "SpellFacts":
        if self.ended_on is not None and self.ended_on < self.started_on:
            raise _ENDS_BEFORE
        if self.end_reason is not None and self.ended_on is None:
            raise _REASON_ALONE
        if self.contract_from and self.contract_to and self.contract_to < self.contract_from:
            raise _CONTRACT
        return self


class PlacementSpell(SpellFacts):
    """The full state of a spell that comes of a placement 录用产生的就业记录."""

    person_id: UUID
    kind: Literal["unit"]
    employer_name: Short
    work_region: RegionCode
    channel: Literal["placement"]


class OfficerSpell(SpellFacts):
    """A spell that an officer records 信息员登记的就业记录."""

    kind: SpellKind
    work_place: Short | None = None
    channel: Literal["self", "organised"] = "self"


class PlacementSpellOut(BaseModel):
    """What the service that placed somebody needs to know."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    placement_id: UUID
    person_id: UUID
    version: int
    transfer: Transfer | None
    region: VillageCode
    county_code: str


class SpellOut(BaseModel):
    """One time of employment 就业记录."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    placement_id: UUID | None
    person_id: UUID
    kind: SpellKind
    channel: Channel
    employer_name: str | None
    employer_uscc: str | None
    work_region: RegionCode | None
    work_place: str | None
    started_on: date
    started: Literal["day", "month", "known_by"] = Field(description="开始日期精确到日、月,或仅知当日已就业")
    ended_on: date | None
    end_reason: str | None
    occupation: str | None
    monthly_wage: Fen | None = Field(validation_alias="monthly_wage_fen")
    contract_signed: bool
    contract_from: date | None
    contract_to: date | None
    insured: bool
    organised: bool
    transfer: Transfer | None
    verified: bool
    version: int


class SpellList(BaseModel):
    """All spells of one person, from the earliest on."""

    items: list[SpellOut]
