"""Divisions as the API shows them."""

from datetime import date

from pydantic import BaseModel, ConfigDict

from shared.regions import Level, RegionCode


class DivisionOut(BaseModel):
    """A division 行政区划."""

    model_config = ConfigDict(from_attributes=True)

    code: RegionCode
    name: str
    level: Level
    parent_code: RegionCode | None
    issuer: str | None
    valid_from: date
    valid_to: date | None
