"""Households as the API takes and shows them."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from services.registry.codes.fields import Coded
from services.registry.events import Base, Monitoring
from shared.regions import VillageCode

Category = Annotated[str, Coded("household_category")]


class HouseholdOut(BaseModel):
    """A household 家庭户."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    region: VillageCode
    number: str
    base: Base
    monitoring: Monitoring | None
    category_since: date
    version: int


class HouseholdPage(BaseModel):
    """Some households, and where to go on."""

    items: list[HouseholdOut]
    next: str | None


class CategoryChange(BaseModel):
    """Another category 人员类别, from a day on."""

    model_config = ConfigDict(extra="forbid")

    category: Category
    since: date
