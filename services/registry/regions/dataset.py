"""Reader of the committed divisions (统计用区划代码) of the whole country, province to village.

`data/README.md` says where they come from and how the file is laid out: an outline with one tab of indent a level,
each row holding only the digits that its level adds, in the order of the codes. It is read as a stream, so a
province costs the time to decompress what lies before it and the memory of one row.
"""

import lzma
from collections import Counter
from collections.abc import Collection, Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple, TextIO

from shared.regions import LENGTH, Level, is_code, level

FILE = Path(__file__).parent / "data" / "divisions.tsv.xz"

VALID_FROM = date(2023, 6, 30)
"""The cut-off date (截止时间) of the publication: the first day on which the list as a whole is known to hold.

It appeared on 2023-09-11. Most divisions are older, but the publication gives no division a date of its own, so
none is made up. What happened before this day may still name these codes.
"""


PROVINCES = frozenset(
    str(code)
    for first, last in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65))
    for code in range(first, last + 1)
)
"""Those that the publication has: all but 71 台湾, 81 香港, 82 澳门."""


class Division(NamedTuple):
    """One administrative division: its code of 2, 4, 6, 9 or 12 digits and its name as published."""

    code: str
    name: str


def read(provinces: Collection[str]) -> Iterator[Division]:
    """The divisions of the named provinces in the order of their codes, each after its parent.

    Raises ValueError at once for what is not a province's code, and at the end for a province that the publication
    leaves out (71 台湾, 81 香港, 82 澳门): a caller that loads in one transaction keeps nothing of either.
    """
    for code in provinces:
        if not (is_code(code) and len(code) == LENGTH[Level.PROVINCE]):
            raise ValueError(f"not a province code: {code!r}")
    return _read(set(provinces))


def counts() -> dict[Level, int]:
    """How many divisions the file holds at each level."""
    with _open() as rows:
        tally = Counter(level(division.code) for division in _divisions(rows))
    return {each: tally[each] for each in Level}


def _read(wanted: set[str]) -> Iterator[Division]:
    with _open() as rows:
        yield from _divisions(_chosen(rows, wanted))
    if wanted:
        raise ValueError(f"no such province in the divisions: {', '.join(sorted(wanted))}")


def _open() -> TextIO:
    return lzma.open(FILE, "rt", encoding="utf-8")


def _chosen(rows: Iterator[str], wanted: set[str]) -> Iterator[str]:
    """The rows of the wanted provinces, each struck off as it comes; stops when none is left to come."""
    inside = False
    for row in rows:
        if row[0] != "\t":
            if not wanted:
                return
            code = row[: LENGTH[Level.PROVINCE]]
            inside = code in wanted
            wanted.discard(code)
        if inside:
            yield row


def _divisions(rows: Iterator[str]) -> Iterator[Division]:
    chain = [""] * (len(Level) + 1)  # chain[depth] is the code of the parent of a row at that depth
    for row in rows:
        outdented = row.lstrip("\t")
        depth = len(row) - len(outdented)
        digits, _, name = outdented.rstrip("\n").partition("\t")
        code = chain[depth + 1] = chain[depth] + digits
        yield Division(code, name)
