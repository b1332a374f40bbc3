"""A form as data: its tree of columns, the indicator below each, and the units it is printed in by level."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.reporting.forms.figures import SCALES, Printed, Scale
from services.reporting.indicators.model import CODE, Kind, Unit, Words
from shared.regions import Level

FOLDER = Path(__file__).parent


class Part(BaseModel):
    """Base of all parts of a form: fixed once loaded, and strict about its keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Leaf(Part):
    """A column that holds figures. `rules` are the ids of the policy rules it carries."""

    title: str
    indicator: str = Field(pattern=CODE)
    kind: Kind
    unit: Unit
    rules: tuple[str, ...] = ()

    @property
    def leaves(self) -> tuple["Leaf", ...]:
        return (self,)


class Group(Part):
    """A heading over columns."""

    title: str
    columns: "tuple[Group | Leaf, ...]" = Field(min_length=1)

    @property
    def leaves(self) -> tuple[Leaf, ...]:
        return tuple(leaf for column in self.columns for leaf in column.leaves)


class Scales(Part):
    """The printed units of the levels named."""

    levels: frozenset[Level]
    persons: Printed
    fen: Printed

    @model_validator(mode="after")
    def _units_fit(self) -> Self:
        if SCALES[self.persons].unit is not Unit.PERSONS or SCALES[self.fen].unit is not Unit.FEN:
            raise ValueError(f"{self.persons} must count persons and {self.fen} money")
        return self


class Due(Part):
    """Until when it has to be sent: `days_after` the quarter's end, that day included, to 24:00 Beijing."""

    days_after: int = Field(ge=1)
    article: str
    quote: str
    rules: tuple[str, ...]
    note: Words

    def of_quarter(self, year: int, quarter: int) -> date:
        return quarter_end(year, quarter) + timedelta(days=self.days_after)


class Form(Part):
    """A form of a policy document, with the document and the article that prescribe it."""

    form: str
    document: str
    article: str
    rules: tuple[str, ...]
    label: str
    title: str
    leaf_count: int = Field(alias="leaves")
    scales: tuple[Scales, ...]
    notes: tuple[str, ...]
    population: Words
    due: Due
    bands: tuple[tuple[Group, ...], ...] = Field(min_length=1)

    @property
    def groups(self) -> tuple[Group, ...]:
        return tuple(group for band in self.bands for group in band)

    @property
    def leaves(self) -> tuple[Leaf, ...]:
        """The columns that hold figures, in the form's order."""
        return tuple(leaf for group in self.groups for leaf in group.leaves)

    def printed(self, level: Level, unit: Unit) -> Printed:
        """The unit that a sheet of this level prints persons or money in."""
        scales = next(scales for scales in self.scales if level in scales.levels)
        return scales.fen if unit is Unit.FEN else scales.persons

    def scale(self, level: Level, unit: Unit) -> Scale:
        return SCALES[self.printed(level, unit)]

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        indicators = [leaf.indicator for leaf in self.leaves]
        if len(indicators) != self.leaf_count:
            raise ValueError(f"{len(indicators)} columns hold figures, the document has {self.leaf_count}")
        if len(set(indicators)) != len(indicators):
            raise ValueError("an indicator stands in two columns")
        if sorted(level for scales in self.scales for level in scales.levels) != sorted(Level):
            raise ValueError("scales must name each level once")
        return self


@dataclass(frozen=True)
class Cell:
    """A heading's place in a table's header, counted from its upper left corner."""

    title: str
    top: int
    left: int
    height: int
    width: int


def depth(columns: Sequence[Group | Leaf]) -> int:
    """How many header rows the columns need."""
    return max(1 + (depth(column.columns) if isinstance(column, Group) else 0) for column in columns)


def header_cells(columns: Sequence[Group | Leaf], *, leaf_width: int = 1) -> list[Cell]:
    """The headings as merged cells: a group spans its leaves, a leaf reaches down to the header's last row."""
    rows = depth(columns)

    def place(column: Group | Leaf, top: int, left: int) -> Iterator[Cell]:
        height = 1 if isinstance(column, Group) else rows - top
        yield Cell(column.title, top, left, height, leaf_width * len(column.leaves))
        if isinstance(column, Group):
            yield from place_all(column.columns, top + 1, left)

    def place_all(siblings: Sequence[Group | Leaf], top: int, left: int) -> Iterator[Cell]:
        for column in siblings:
            yield from place(column, top, left)
            left += leaf_width * len(column.leaves)

    return list(place_all(columns, 0, 0))


def quarter_end(year: int, quarter: int) -> date:
    """The last day of a quarter."""
    first_after = date(year + quarter // 4, quarter % 4 * 3 + 1, 1)
    return first_after - timedelta(days=1)


@cache
def load(name: str) -> Form:
    """The form of this name, such as `annex3`. Raises pydantic's ValidationError when the data does not hold."""
    return Form.model_validate(yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8")))
