"""The weights of the score, read once per process and checked whole."""

from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

FILE = Path(__file__).with_name("weights.yaml")

Tier = Literal["same_county", "same_city", "same_province", "elsewhere"]
Points = Annotated[int, Field(ge=0, le=1000)]
Part = Literal["place", "wage", "skills", "capacity", "security", "priority"]
PARTS: tuple[Part, ...] = ("place", "wage", "skills", "capacity", "security", "priority")


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Places(_Data):
    """Points of each place tier, for those who stay and those who want to leave."""

    home: dict[Tier, Points] = Field(min_length=4)
    away: dict[Tier, Points] = Field(min_length=4)


class Weights(_Data):
    """One version of the weights. The parts sum to 100."""

    version: str
    parts: dict[Part, Annotated[int, Field(ge=0, le=100)]]
    place: Places
    wage_without_wish: int = Field(gt=0, description="fen a month")

    @model_validator(mode="after")
    def _whole(self) -> "Weights":
        if set(self.parts) != set(PARTS) or sum(self.parts.values()) != 100:
            raise ValueError("the parts of the score should all be there and sum to 100")
        return self


@cache
def weights() -> Weights:
    return Weights.model_validate(yaml.safe_load(FILE.read_text(encoding="utf-8")))
