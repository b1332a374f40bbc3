"""A form filled in: who reports, for which quarter, with which figures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.reporting.forms.model import Form
from shared.regions import Level


@dataclass(frozen=True)
class Header:
    """What stands around the table: the reporting unit 填报单位, the quarter, and who signs.

    `restated` is the day on which figures published before were corrected 更正.
    """

    region_name: str
    level: Level
    year: int
    quarter: int
    filled_by: str = ""
    reviewed_by: str = ""
    phone: str = ""
    restated: date | None = None

    def __post_init__(self) -> None:
        if self.quarter not in (1, 2, 3, 4):
            raise ValueError(f"a year has quarters 1 to 4: {self.quarter}")


@dataclass(frozen=True)
class Row:
    """One place's figures, exact integers (persons or fen) by indicator. `region` is its code."""

    region_name: str
    values: Mapping[str, int]
    region: str = ""


def check(form: Form, rows: Sequence[Row]) -> None:
    """Raises ValueError unless each row has a figure for each of the form's indicators, and no other."""
    if not rows:
        raise ValueError("a form has at least one row")
    expected = {leaf.indicator for leaf in form.leaves}
    for row in rows:
        if wrong := expected ^ row.values.keys():
            raise ValueError(f"missing or unknown indicators: {', '.join(sorted(wrong))}")


def as_json(form: Form, header: Header, rows: Sequence[Row]) -> dict[str, Any]:
    """The filled form with exact figures: persons as integers, money to the fen as a decimal string of yuan."""
    check(form, rows)
    return {
        "form": form.form,
        "region_name": header.region_name,
        "level": header.level.value,
        "year": header.year,
        "quarter": header.quarter,
        "filled_by": header.filled_by,
        "reviewed_by": header.reviewed_by,
        "phone": header.phone,
        "restated": header.restated.isoformat() if header.restated else None,
        "rows": [
            {
                "region": row.region,
                "region_name": row.region_name,
                "values": {leaf.indicator: leaf.unit.exact(row.values[leaf.indicator]) for leaf in form.leaves},
            }
            for row in rows
        ],
    }
