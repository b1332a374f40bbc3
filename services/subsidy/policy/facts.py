"""Typed facts (事实): what a pack may ask about a claim, how a value is checked, and which values probe a condition.

A value that is not known is simply absent (or None). It is never read as false, zero or empty.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from shared import regions
from shared.money import LARGEST, format_yuan

FactValue = bool | int | date | str

_EARLIEST, _LATEST = date(1900, 1, 1), date(2199, 12, 31)
_OFFSETS = (0, 1, 29, 30, 31, 91, 92, 365, 366, 1461)


class Strict(BaseModel):
    """Base of everything in a pack: unknown keys and approximate types are refused, nothing changes after loading."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, validate_by_name=True)


class Wording(Strict):
    """One text in Chinese, which officers read, and in English."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)


class FactError(ValueError):
    """A fact's value does not have the type that the pack declares."""


class _Fact(Strict):
    name: Wording


class BoolFact(_Fact):
    kind: Literal["bool"]


class IntFact(_Fact):
    kind: Literal["int"]
    unit: Literal["fen", "count"]
    minimum: int = 0
    maximum: int = Field(default=LARGEST, le=LARGEST)


class DateFact(_Fact):
    """A calendar date in Beijing; an instant is refused, since its date depends on who reads it."""

    kind: Literal["date"]


class RegionFact(_Fact):
    kind: Literal["region"]


class TextFact(_Fact):
    """One of the named values."""

    kind: Literal["text"]
    values: dict[str, Wording] = Field(min_length=2)


Fact = Annotated[BoolFact | IntFact | DateFact | RegionFact | TextFact, Field(discriminator="kind")]


def read(name: str, fact: Fact, value: object) -> FactValue:
    """The checked value, given as Python's type or as JSON has it (a date as `YYYY-MM-DD`).

    Raises FactError; the message names the fact and not the value.
    """
    checked = _read(fact, value)
    if checked is None:
        raise FactError(f"fact {name!r} is not a valid {fact.kind}")
    return checked


def _read(fact: Fact, value: object) -> FactValue | None:
    match fact:
        case BoolFact():
            return value if isinstance(value, bool) else None
        case IntFact():
            whole = isinstance(value, int) and not isinstance(value, bool)
            return value if whole and fact.minimum <= value <= fact.maximum else None  # type: ignore[operator,return-value]
        case DateFact():
            return _read_date(value)
        case RegionFact():
            return value if isinstance(value, str) and regions.is_code(value) else None
        case TextFact():
            return value if isinstance(value, str) and value in fact.values else None


def _read_date(value: object) -> date | None:
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value)
        except ValueError:
            return None
    if type(value) is not date:  # a datetime is a date to isinstance
        return None
    return value if _EARLIEST <= value <= _LATEST else None


def as_cel(value: FactValue) -> bool | int | str:
    """CEL has no dates: they go in as day numbers."""
    return value.toordinal() if isinstance(value, date) else value


def show(fact: Fact, value: FactValue) -> str:
    """The value as an officer reads it."""
    match fact:
        case BoolFact():
            return "是" if value else "否"
        case IntFact(unit="fen"):
            return f"{format_yuan(int(value))} 元"  # type: ignore[arg-type]
        case TextFact():
            return fact.values[str(value)].zh
        case _:
            return str(value)


def samples(fact: Fact, around: Iterable[int], since: date) -> list[FactValue]:
    """Values that show whether a condition works: all of a small type, the edges and the neighbours of `around`."""
    match fact:
        case BoolFact():
            return [False, True]
        case IntFact():
            near = {n + step for n in around for step in (-1, 0, 1)} | {fact.minimum, fact.minimum + 1, fact.maximum}
            return [n for n in sorted(near) if fact.minimum <= n <= fact.maximum]
        case DateFact():
            return [since + timedelta(days=offset) for offset in _OFFSETS]
        case RegionFact():
            return ["21", "2113", "211322", "53", "5325", "532504", "532504100", "532504100201"]
        case TextFact():
            return list(fact.values)
