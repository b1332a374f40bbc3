"""What came of the play: every figure that the demo shows, for tests to compare with a recount of their own."""

import json
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

BUSINESS_TIME = "2018-06-28T09:00:00+08:00"
TODAY = date(2018, 6, 28)
PROVINCES = ("53", "31", "44")
COUNTY = "532504"
YEAR, QUARTER = 2018, 2
LAST_DAY = date(2018, 6, 30)
"""Of the quarter."""


@dataclass(slots=True)
class Imported:
    """Rows of the workbook, and why those that were refused were: Chinese reason by number of rows."""

    rows: int
    done: int
    refused: int
    reasons: dict[str, int]
    refused_rows: list[int]


@dataclass(slots=True)
class Posted:
    """Postings of the one request: ids taken, and the refused with the fields at fault, by external id."""

    accepted: list[str]
    refused: dict[str, list[str]]
    published: list[str]


@dataclass(slots=True)
class Placed:
    """A person's way into work."""

    person_id: str
    placement_id: str
    posting_id: str
    work_region: str
    hired_on: str
    performed_until: str = ""
    verified: bool = False
    spells: int = 0
    transfer: str | None = None


@dataclass(slots=True)
class Claimed:
    """A claim with its amount in fen, and where it ended."""

    claim_id: str
    benefit: str
    placement_id: str
    person_id: str
    amount_fen: int
    status: str


@dataclass(slots=True)
class Refusal:
    """Who was refused what, and why."""

    who: str
    what: str
    status: int
    code: str
    why: str


@dataclass(slots=True)
class Story:
    """All of it. `annex3` has the cells by region and indicator: people as integers, money in fen."""

    divisions: int = 0
    imported: Imported | None = None
    organisation_id: str = ""
    posted: Posted | None = None
    matches: list[str] = field(default_factory=list)
    candidates: list[str] = field(default_factory=list)
    placements: list[Placed] = field(default_factory=list)
    claims: list[Claimed] = field(default_factory=list)
    travel_payees: dict[str, str] = field(default_factory=dict)
    fund_id: str = ""
    batches: list[str] = field(default_factory=list)
    ledger: dict[str, int] = field(default_factory=dict)
    annex3: dict[str, dict[str, int]] = field(default_factory=dict)
    region_names: dict[str, str] = field(default_factory=dict)
    refusals: list[Refusal] = field(default_factory=list)
    files: dict[str, Path] = field(default_factory=dict)
    seconds: float = 0.0

    def write(self, path: Path) -> None:
        text = json.dumps(asdict(self), ensure_ascii=False, indent=1, default=_plain)
        path.write_text(text + "\n", encoding="utf-8")


def _plain(value: Any) -> str:
    return str(value)
