"""An indicator as data: its names, its definition, its source, and which facts it counts."""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from shared.money import format_yuan

CODE = r"^[a-z][a-z0-9_]*$"
Fact = str | bool | None
Condition = Mapping[str, tuple[Fact, ...]]
"""For each fact named, the values that it may have. All must hold."""


class Unit(StrEnum):
    """What an indicator counts."""

    PERSONS = "persons"
    FEN = "fen"

    def exact(self, value: int) -> int | str:
        """The figure as JSON keeps it: persons as an integer, money as a decimal string of yuan."""
        return format_yuan(value) if self is Unit.FEN else value


class Kind(StrEnum):
    """A stock 期末数 is as of the period's last day; a flow 当年累计数 runs from 1 January and never falls."""

    STOCK = "stock"
    FLOW = "flow"


class Source(StrEnum):
    """The event types that figures come from. A person's records are dated: from a first day to a last one."""

    PERSON = "registry.person"
    SPELL = "registry.spell"
    SERVICE_RECORD = "registry.service_record"
    ENROLMENT = "jobs.enrolment"
    PAYMENT = "subsidy.payment"

    @property
    def service(self) -> str:
        return self.value.partition(".")[0]


RECORDS = frozenset({Source.SPELL, Source.SERVICE_RECORD, Source.ENROLMENT})
FACTS: Mapping[Source, frozenset[str]] = {
    Source.PERSON: frozenset({"employed"}),
    Source.SPELL: frozenset({"kind", "transfer", "contract_signed", "insured"}),
    Source.SERVICE_RECORD: frozenset({"kind"}),
    Source.ENROLMENT: frozenset({"kind"}),
    Source.PAYMENT: frozenset({"benefit", "transfer"}),
}
"""What a condition may ask of each source."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Words(_Part):
    """A text in the two languages of the platform."""

    zh: str
    en: str


class Indicator(_Part):
    """One indicator. It counts what meets any of the conditions of `where` (everything when there is none).

    `population` are the household bases of the people counted; money is counted whoever it is for.
    """

    code: str = Field(pattern=CODE)
    name: Words
    definition: Words
    unit: Unit
    kind: Kind
    document: str
    article: str
    rules: tuple[str, ...]
    population: tuple[str, ...] = ()
    source: Source
    where: tuple[Condition, ...] = ()

    def matches(self, facts: Mapping[str, Fact]) -> bool:
        """Whether facts of its source are what it counts."""
        if not self.where:
            return True
        return any(all(facts[name] in values for name, values in each.items()) for each in self.where)

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        money = self.source is Source.PAYMENT
        if money != (self.unit is Unit.FEN) or (money and self.kind is not Kind.FLOW):
            raise ValueError(f"{self.code}: payments are flows of money, everything else counts persons")
        if money == bool(self.population):
            raise ValueError(f"{self.code}: people have a population, money has none")
        if self.source is Source.PERSON and self.kind is not Kind.STOCK:
            raise ValueError(f"{self.code}: people themselves are a stock")
        if unknown := {name for each in self.where for name in each} - FACTS[self.source]:
            raise ValueError(f"{self.code}: {self.source} has no {', '.join(sorted(unknown))}")
        return self


class _Catalogue(_Part):
    indicators: tuple[Indicator, ...]

    @model_validator(mode="after")
    def _unique(self) -> Self:
        codes = [each.code for each in self.indicators]
        if len(set(codes)) != len(codes):
            raise ValueError("two indicators have one code")
        return self


@cache
def catalogue() -> Mapping[str, Indicator]:
    """All indicators by code. Raises pydantic's ValidationError when the data does not hold."""
    data = yaml.safe_load(Path(__file__).with_name("indicators.yaml").read_text(encoding="utf-8"))
    return {each.code: each for each in _Catalogue.model_validate({"indicators": data["indicators"]}).indicators}
