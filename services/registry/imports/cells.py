"""From one cell to one value: each function takes a filled cell and returns the value or raises a Fault."""

import calendar
import re
import unicodedata
from datetime import date, datetime
from typing import NamedTuple

from services.registry.codes.faults import Fault
from services.registry.codes.writing import squeeze, visible
from services.registry.persons import identity, names
from services.registry.persons.identity import Identity, IdentityFault
from services.registry.persons.names import Phone
from shared import regions
from shared.errors import Text
from shared.spreadsheet import Cell, plain

MAX_TEXT = 200
MAX_HOUSEHOLD = 32
EXACT_BELOW = 10**15  # a number cell keeps 15 digits

_BLANK = frozenset({"", "/", "-", "—", "——", "\\"})
_BLANK_BELOW = 6
_UNTIDY = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u200b-\u200f\u2060\ufeff\ud800-\udfff]")
_MONTH = re.compile(r"([0-9]{4})[-./年]([0-9]{1,2})(?:[-./月]([0-9]{1,2})日?|月)?")

NOT_TEXT = Text("应填写文字,请把单元格改为文本格式", "Should be text: change the cell's format to text")
TEXT_TOO_LONG = Text("内容过长", "Too long")
CONTROL = Text("含有不可见的控制字符,请重新填写", "Holds control characters: enter it again")
LOST = Text(
    "数字过长,末位已丢失;请把单元格改为文本格式后重新填写",
    "Too long for a number cell: make it text and enter it again",
)
VILLAGE = Text("行政村代码应为 12 位数字", "A village code has 12 digits")
WHEN = Text(
    "时间应为 2017-03、2017-03-15、2017年3月 或 2017.3(文本),或日期格式的单元格",
    "Write 2017-03, 2017-03-15, 2017年3月 or 2017.3 as text, or use a date cell",
)


class Month(NamedTuple):
    """A day, or the first day of a month when only the month was stated."""

    first: date
    month_only: bool

    @property
    def last(self) -> date:
        if not self.month_only:
            return self.first
        return self.first.replace(day=calendar.monthrange(self.first.year, self.first.month)[1])


def is_blank(cell: Cell) -> bool:
    """Nothing, or one of the strokes that stand for nothing on paper forms."""
    if not isinstance(cell, str):
        return cell is None
    return cell.isspace() or (len(cell) < _BLANK_BELOW and squeeze(cell) in _BLANK)


def text(cell: Cell, longest: int = MAX_TEXT) -> str:
    """A line of text: white space collapsed; a whole number as its digits."""
    written = plain(cell) if isinstance(cell, str) else _number(cell)
    line = _tidy(written) if _UNTIDY.search(written) else written
    if len(line) > longest:
        raise Fault("too_long", TEXT_TOO_LONG)
    return line


def name(cell: Cell) -> str:
    return names.normalise_name(text(cell, names.MAX_NAME * 2))


def id_number(cell: Cell, today: date) -> Identity:
    """An identity from a text cell. In a number cell its last digits are lost, so it is refused, never rounded."""
    if isinstance(cell, float):
        raise IdentityFault(*identity.DIGITS_LOST)
    return identity.parse(text(cell), today)


def village(cell: Cell) -> str:
    code = squeeze(text(cell))
    if not regions.is_code(code) or regions.level(code) is not regions.Level.VILLAGE:
        raise Fault("village", VILLAGE)
    return code


def household(cell: Cell) -> str:
    return squeeze(text(cell, MAX_HOUSEHOLD)).upper()


def phone(cell: Cell) -> Phone:
    return names.normalise_phone(text(cell))


def month(cell: Cell) -> Month:
    """A date cell, or text in one of the ways that `WHEN` names. A bare number is refused: 2017.1 may be October."""
    if isinstance(cell, datetime):
        return Month(cell.date(), month_only=False)
    if isinstance(cell, date):
        return Month(cell, month_only=False)
    found = _MONTH.fullmatch(squeeze(cell)) if isinstance(cell, str) else None
    if found is None:
        raise Fault("date", WHEN)
    year, month_, day = found.groups()
    try:
        return Month(date(int(year), int(month_), int(day or 1)), month_only=day is None)
    except ValueError:
        raise Fault("date", WHEN) from None


def _tidy(written: str) -> str:
    line = " ".join(visible(written).split())
    if any(unicodedata.category(char) in {"Cc", "Cs"} for char in line):
        raise Fault("control_characters", CONTROL)
    return line


def _number(cell: Cell) -> str:
    if isinstance(cell, bool) or not isinstance(cell, float | int):
        raise Fault("not_text", NOT_TEXT)
    if not abs(cell) < EXACT_BELOW:
        raise Fault("digits_lost", LOST)
    if cell != int(cell):
        raise Fault("not_text", NOT_TEXT)
    return str(int(cell))
