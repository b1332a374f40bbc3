"""Rows that are wrong on purpose, each in one known way."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from random import Random
from typing import Literal, NamedTuple

from cli.samples.form import FIRST_ROW, Row
from cli.samples.identity import check_character, completed


class Fault(StrEnum):
    """Why an import must refuse the row."""

    CHECK_DIGIT = "check_digit"
    BIRTH_DATE = "birth_date"
    UNKNOWN_VILLAGE = "unknown_village"
    NUMERIC_ID = "numeric_id"
    FIFTEEN_DIGITS = "fifteen_digits"
    UNKNOWN_ETHNICITY = "unknown_ethnicity"
    MISSING_NAME = "missing_name"
    FUTURE_EMPLOYMENT = "future_employment"
    EMPLOYED_WITHOUT_PLACE = "employed_without_place"
    DUPLICATE_ID = "duplicate_id"  # last: the row that it repeats must have stayed good


class Oddity(StrEnum):
    """What an import takes in with a warning."""

    SEX_MISMATCH = "sex_mismatch"


class Flaw(NamedTuple):
    """A row by its number in the sheet, as Excel counts, and what is wrong with it."""

    row: int
    kind: Fault | Oddity


EACH = 3
"""How many rows have each fault and each oddity."""


def spoil(rng: Random, rows: list[Row]) -> tuple[list[Flaw], list[Flaw]]:
    """Change some rows in place; gives the bad ones and the merely odd ones, each in the order of the sheet.

    A head of household is left alone, so that the rest of the household does not lose its head to the fault.
    """
    spoiled: set[int] = set()
    flaws: dict[Fault | Oddity, list[Flaw]] = {}
    for kind in (*Oddity, *Fault):
        fits, _ = _WAYS.get(kind, (_anyone, None))
        free = [i for i, row in enumerate(rows) if i not in spoiled and row.relation != "户主" and fits(row)]
        # The duplicates come from the later half: something good has to stand above them.
        free = free[len(free) // 2 :] if kind is Fault.DUPLICATE_ID else free
        if len(free) < EACH:
            raise ValueError(f"too few people to have {kind} in {EACH} rows")
        chosen = rng.sample(free, EACH)
        spoiled.update(chosen)
        for index in chosen:
            rows[index] = _spoilt(rng, kind, rows, index, spoiled)
        flaws[kind] = [Flaw(FIRST_ROW + index, kind) for index in chosen]
    bad = sorted(flaw for kind in Fault for flaw in flaws[kind])
    return bad, sorted(flaw for kind in Oddity for flaw in flaws[kind])


def _spoilt(rng: Random, kind: Fault | Oddity, rows: Sequence[Row], index: int, spoiled: set[int]) -> Row:
    if kind is Fault.DUPLICATE_ID:
        earlier = [row for i, row in enumerate(rows[:index]) if i not in spoiled and row.sex == rows[index].sex]
        return rows[index]._replace(id_number=rng.choice(earlier).id_number)
    _, change = _WAYS[kind]
    return change(rng, rows[index])


def _wrong_check(rng: Random, row: Row) -> Row:
    body = str(row.id_number)[:17]
    wrong = rng.choice([digit for digit in "0123456789" if digit != check_character(body)])
    return row._replace(id_number=body + wrong)


def _31_february(_: Random, row: Row) -> Row:
    number = str(row.id_number)
    return row._replace(id_number=completed(number[:10] + "0231" + number[14:17]))


def _no_such_village(_: Random, row: Row) -> Row:
    return row._replace(village=row.village[:9] + "999")


def _as_number(_: Random, row: Row) -> Row:
    """What a spreadsheet keeps of eighteen digits typed into a number cell: fifteen of them."""
    return row._replace(id_number=float(str(row.id_number)[:15] + "000"))


def _first_generation(_: Random, row: Row) -> Row:
    number = str(row.id_number)
    return row._replace(id_number=number[:6] + number[8:17])


def _sex_against_number(rng: Random, row: Row) -> Row:
    """The seventeenth digit of the other sex; the row's own sex still fits its relation to the head."""
    number = str(row.id_number)
    digits: Literal["13579", "02468"] = "02468" if row.sex == "男" else "13579"
    return row._replace(id_number=completed(number[:16] + rng.choice(digits)))


def _anyone(_: Row) -> bool:
    return True


def _employed(row: Row) -> bool:
    return row.employed == "是"


Way = tuple[Callable[[Row], bool], Callable[[Random, Row], Row]]
_WAYS: dict[Fault | Oddity, Way] = {
    Oddity.SEX_MISMATCH: (_anyone, _sex_against_number),
    Fault.CHECK_DIGIT: (_anyone, _wrong_check),
    Fault.BIRTH_DATE: (_anyone, _31_february),
    Fault.UNKNOWN_VILLAGE: (_anyone, _no_such_village),
    Fault.NUMERIC_ID: (lambda row: str(row.id_number).isdigit(), _as_number),
    Fault.FIFTEEN_DIGITS: (lambda row: str(row.id_number)[6:8] == "19", _first_generation),
    Fault.UNKNOWN_ETHNICITY: (
        _anyone,
        lambda rng, row: row._replace(ethnicity=rng.choice(("汗族", "傣簇", "依族"))),
    ),
    Fault.MISSING_NAME: (_anyone, lambda _, row: row._replace(name="")),
    Fault.FUTURE_EMPLOYMENT: (
        _employed,
        # The year after, and the digits of the year changed about: the second is in the future for decades.
        lambda rng, row: row._replace(employed_since=rng.choice(("2019-03", "2081-05", "2081-06-01"))),
    ),
    Fault.EMPLOYED_WITHOUT_PLACE: (_employed, lambda _, row: row._replace(work_place="")),
}
