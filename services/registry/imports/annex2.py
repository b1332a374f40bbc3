"""Reading people from a workbook in the layout of annex 2: a row is a `PersonRow`, or everything wrong with it.

Nothing here knows the database. Whether a village exists, a household is known or a number is registered already
is found by the importer, which reports it as `CellError`s of the same kind.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import chain, islice
from typing import NamedTuple, TypeVar

from services.registry.codes import tables
from services.registry.codes.faults import Fault
from services.registry.codes.writing import squeeze
from services.registry.imports import cells, layout
from services.registry.imports.cells import Month
from services.registry.imports.layout import Layout, parse_header
from services.registry.persons import identity
from services.registry.persons.identity import Identity
from shared.errors import Text
from shared.spreadsheet import Cell, Row, Sheet

PlaceLookup = Callable[[str], str | None]
T = TypeVar("T")

SELF, HEAD_OF_HOUSEHOLD = "01", "02"
EMPLOYABLE_FROM = 14
WORKING_AGE = 16


MISSING = Text("必填项未填写", "Required, but empty")
NO_PLACE = Text("已就业人员须填就业地点,如 云南省红河州弥勒市", "An employed person needs a work place")
NO_EMPLOYER = Text("已就业人员须填就业单位名称,无单位的填“灵活就业”", "Name the employer; without one write 灵活就业")
NO_DATE = Text("未填就业时间,请补充", "The employment date is missing")
IN_FUTURE = Text("就业时间在今天之后", "The employment date is in the future")
TOO_YOUNG = Text(
    "就业时本人不满 14 周岁,请核对时间和证件号码", "Below 14 at that date: check the date and the ID number"
)
CHILD_LABOR = Text("就业时本人不满 16 周岁,请核实", "Below 16 at that date: verify")
PLACE_UNKNOWN = Text("就业地点未能对应到行政区划,已按原文保存", "The place was not found; it is kept as written")
NEED_UNKNOWN = Text("部分服务需求未能归类,已按原文保存", "Some needs could not be classified; kept as written")
BASE_UNSTATED = Text(
    "按一般农户登记;若为脱贫户请填“突发严重困难户(脱贫户)”",
    "Taken as an ordinary household; otherwise write 突发严重困难户(脱贫户)",
)
ONLY_EMPLOYED = Text("本人未就业,此项未采用", "Not taken: the person is not employed")
ONLY_UNEMPLOYED = Text("本人已就业,此项未采用", "Not taken: the person is employed")

_SEPARATORS = re.compile(r"[、,\uff0c;\uff1b/+\uff0b\s]+")


class CellError(NamedTuple):
    """What is wrong with, or doubtful about, the cell of one column."""

    column: str
    text: Text
    code: str


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person as the form states it: codes of the tables in `services.registry.codes`, dates, region codes.

    `words` keeps what was written for each coded column (the source's word 弱劳动力或半劳动力 says more than `weak`).
    `work_region` is None when the place was not found; `work_place` is always what was written. For a month
    without a day (2017年3月), `employed_since` is its first day and `since_month_only` is set.
    """

    number: int
    village: str
    household: str
    kinship: str
    category: str
    base: str
    monitoring: str | None
    name: str
    identity: Identity
    sex: str
    ethnicity: str | None
    political_status: str | None
    education: str | None
    health: str | None
    labor_capacity: str | None
    phone: str | None
    phone_whose: str | None
    employed: bool
    work_place: str | None
    work_region: str | None
    employer: str | None
    employed_since: date | None
    since_month_only: bool
    intent: str | None
    service_needs: tuple[str, ...]
    words: Mapping[str, str]
    warnings: tuple[CellError, ...]


class RefusedRow(NamedTuple):
    """A row that was not taken, as it stood in the file, and why."""

    row: Row
    errors: tuple[CellError, ...]


class People(NamedTuple):
    """A sheet being read: its layout, its number of rows (headers and blank ones included) and its people."""

    layout: Layout
    total_rows: int
    rows: Iterator[PersonRow | RefusedRow]


def iter_rows(sheet: Sheet, *, today: date, default_village: str | None, place_lookup: PlaceLookup) -> People:
    """Read an open sheet lazily. Raises the Problems of `parse_header`, and of `shared.spreadsheet` on the way."""
    rows = iter(sheet)
    first = list(islice(rows, layout.SEARCHED_ROWS))
    found = parse_header(first, default_village=default_village)

    def read(row: Row) -> PersonRow | RefusedRow:
        result = parse_row(found, row, today, default_village, place_lookup)
        return result if isinstance(result, PersonRow) else RefusedRow(row, tuple(result))

    data = (row for row in chain(first, rows) if row.number > found.last_row)
    return People(found, sheet.total_rows, map(read, data))


def parse_row(
    found: Layout, row: Row, today: date, default_village: str | None, place_lookup: PlaceLookup
) -> PersonRow | list[CellError]:
    """The person of one row, or all that is wrong with it. Never raises, whatever the cells hold."""
    reader = _Reader(found, row)
    who = _who(reader, today)
    household = _household(reader, default_village)
    work = _work(reader, today, who.identity, place_lookup)
    traits = _Traits(
        ethnicity=reader.code(layout.ETHNICITY, "ethnicity"),
        political_status=reader.code(layout.POLITICAL, "political_status"),
        education=reader.code(layout.EDUCATION, "education"),
        health=reader.code(layout.HEALTH, "health"),
        labor_capacity=reader.code(layout.LABOR, "labor_capacity"),
    )
    phone = reader.get(layout.PHONE, cells.phone)
    if reader.errors or who.identity is None:
        return reader.errors
    return PersonRow(
        number=row.number,
        **household._asdict(),
        name=who.name,
        identity=who.identity,
        sex=who.sex,
        **traits._asdict(),
        phone=phone.number if phone else None,
        phone_whose=phone.whose if phone else None,
        **work._asdict(),
        words=reader.words,
        warnings=tuple(reader.warnings),
    )


class _Who(NamedTuple):
    name: str
    identity: Identity | None
    sex: str


class _Household(NamedTuple):
    village: str
    household: str
    kinship: str
    category: str
    base: str
    monitoring: str | None


class _Traits(NamedTuple):
    ethnicity: str | None
    political_status: str | None
    education: str | None
    health: str | None
    labor_capacity: str | None


class _Work(NamedTuple):
    employed: bool
    work_place: str | None
    work_region: str | None
    employer: str | None
    employed_since: date | None
    since_month_only: bool
    intent: str | None
    service_needs: tuple[str, ...]


class _Reader:
    """The cells of one row by column, collecting what is wrong instead of stopping at it."""

    def __init__(self, found: Layout, row: Row) -> None:
        self.errors: list[CellError] = []
        self.warnings: list[CellError] = []
        self.words: dict[str, str] = {}
        self._filled = found.filled(row)

    def is_blank(self, column: str) -> bool:
        return column not in self._filled

    def get(self, column: str, parse: Callable[[Cell], T]) -> T | None:
        """The cell's value; None when it is blank, or wrong (which is noted)."""
        if column not in self._filled:
            return None
        try:
            return parse(self._filled[column])
        except Fault as fault:
            self.refuse(column, fault.code, fault.text)
            return None

    def need(self, column: str, parse: Callable[[Cell], T]) -> T | None:
        if self.is_blank(column):
            self.refuse(column, "missing", MISSING)
        return self.get(column, parse)

    def code(self, column: str, table: str) -> str | None:
        def parse(cell: Cell) -> str:
            word = cells.text(cell)
            self.words[column] = word
            return tables.require(table, word)

        return self.get(column, parse)

    def need_code(self, column: str, table: str) -> str:
        if self.is_blank(column):
            self.refuse(column, "missing", MISSING)
        return self.code(column, table) or ""

    def refuse(self, column: str, code: str, text: Text) -> None:
        self.errors.append(CellError(column, text, code))

    def warn(self, column: str, code: str, text: Text) -> None:
        self.warnings.append(CellError(column, text, code))


def _who(reader: _Reader, today: date) -> _Who:
    name = reader.need(layout.NAME, cells.name) or ""
    found = reader.need(layout.ID_NUMBER, lambda cell: cells.id_number(cell, today))
    sex = reader.need_code(layout.SEX, "sex")
    if found and identity.sex_differs(found, sex):
        reader.warn(layout.SEX, "sex_differs", identity.SEX_DIFFERS)
    return _Who(name, found, sex)


def _household(reader: _Reader, default_village: str | None) -> _Household:
    if default_village and reader.is_blank(layout.VILLAGE):
        village: str | None = default_village
    else:
        village = reader.need(layout.VILLAGE, cells.village)
    household = reader.need(layout.HOUSEHOLD, cells.household) or ""
    kinship = reader.need_code(layout.KINSHIP, "kinship")
    category = reader.need_code(layout.CATEGORY, "household_category")
    if category == "sudden_hardship" and "(" not in squeeze(reader.words[layout.CATEGORY]):
        reader.warn(layout.CATEGORY, "base_unstated", BASE_UNSTATED)
    extra = tables.table("household_category").entries[category].extra if category else {}
    return _Household(
        village=village or "",
        household=household,
        kinship=HEAD_OF_HOUSEHOLD if kinship == SELF else kinship,
        category=category,
        base=extra.get("base", ""),
        monitoring=extra.get("monitoring") or None,
    )


def _work(reader: _Reader, today: date, who: Identity | None, place_lookup: PlaceLookup) -> _Work:
    answer = reader.need_code(layout.EMPLOYED, "employed")
    place = reader.get(layout.PLACE, lambda cell: squeeze(cells.text(cell)))
    employer = reader.get(layout.EMPLOYER, cells.text)
    since = reader.get(layout.SINCE, cells.month)
    intent = reader.code(layout.INTENT, "intent")
    needs = reader.get(layout.NEEDS, cells.text)
    if needs is not None:
        reader.words[layout.NEEDS] = needs
    if answer == "yes":
        _check_employment(reader, since, today, who)
        region = _region(reader, place, place_lookup)
        _ignore(reader, (layout.INTENT, layout.NEEDS), ONLY_UNEMPLOYED)
        first, month_only = since or (None, False)
        return _Work(True, place, region, employer, first, month_only, None, ())
    _ignore(reader, (layout.PLACE, layout.EMPLOYER, layout.SINCE), ONLY_EMPLOYED)
    return _Work(False, None, None, None, None, False, intent, _needs(reader, needs))


def _check_employment(reader: _Reader, since: Month | None, today: date, who: Identity | None) -> None:
    for column, text in ((layout.PLACE, NO_PLACE), (layout.EMPLOYER, NO_EMPLOYER)):
        if reader.is_blank(column):
            reader.refuse(column, "missing", text)
    if reader.is_blank(layout.SINCE):
        reader.warn(layout.SINCE, "missing", NO_DATE)
    if since is None:
        return
    if since.first > today:
        reader.refuse(layout.SINCE, "future", IN_FUTURE)
    elif who and who.birth and identity.age_on(who.birth, since.last) < EMPLOYABLE_FROM:
        reader.refuse(layout.SINCE, "too_young", TOO_YOUNG)
    elif who and who.birth and identity.age_on(who.birth, since.last) < WORKING_AGE:
        reader.warn(layout.SINCE, "child_labor", CHILD_LABOR)


def _region(reader: _Reader, place: str | None, place_lookup: PlaceLookup) -> str | None:
    region = place_lookup(place) if place else None
    if place and region is None:
        reader.warn(layout.PLACE, "place_unknown", PLACE_UNKNOWN)
    return region


def _needs(reader: _Reader, written: str | None) -> tuple[str, ...]:
    """Codes of the words in one cell, each once; words that the table does not know become `other`, with a warning."""
    words = [word for word in _SEPARATORS.split(written or "") if word]
    if any(tables.lookup("service_need", word) is None for word in words):
        reader.warn(layout.NEEDS, "need_unknown", NEED_UNKNOWN)
    return tuple(dict.fromkeys(tables.require("service_need", word) for word in words))


def _ignore(reader: _Reader, columns: tuple[str, ...], text: Text) -> None:
    for column in columns:
        if not reader.is_blank(column):
            reader.warn(column, "ignored", text)
