"""Printing figures of a form: exact integers in, decimals of 人, 万人, 元 or 万元 out.

Rounding rule 四舍五入: a figure that the printed unit cannot show in full is rounded half up. It only ever touches
money in 万元, whose four decimals end at the yuan: 50 fen become a yuan. The exact fen stay in the form's JSON.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from services.reporting.indicators.model import Unit

LARGEST = 10**15 - 1
"""A spreadsheet cell keeps fifteen digits: up to here every integer prints exactly in each scale."""


class Printed(StrEnum):
    """The units that forms are printed in."""

    PERSONS = "人"
    TEN_THOUSAND_PERSONS = "万人"
    YUAN = "元"
    TEN_THOUSAND_YUAN = "万元"


@dataclass(frozen=True)
class Scale:
    """How a unit is printed: `size` of `unit` make one of the printed, shown with `decimals` places."""

    unit: Unit
    size: int
    decimals: int

    @property
    def number_format(self) -> str:
        """The spreadsheet's number format: always all places, so that 1 person reads 0.0001 万人."""
        return f"0.{'0' * self.decimals}" if self.decimals else "0"

    def show(self, value: int) -> Decimal:
        """The figure as its cell holds it. Raises ValueError outside 0 to `LARGEST`."""
        if not 0 <= value <= LARGEST:
            raise ValueError(f"a figure lies between 0 and {LARGEST}: {value}")
        return (Decimal(value) / self.size).quantize(Decimal(1).scaleb(-self.decimals), ROUND_HALF_UP)


SCALES: Mapping[Printed, Scale] = {
    Printed.PERSONS: Scale(Unit.PERSONS, size=1, decimals=0),
    Printed.TEN_THOUSAND_PERSONS: Scale(Unit.PERSONS, size=10_000, decimals=4),
    Printed.YUAN: Scale(Unit.FEN, size=100, decimals=2),
    Printed.TEN_THOUSAND_YUAN: Scale(Unit.FEN, size=1_000_000, decimals=4),
}
