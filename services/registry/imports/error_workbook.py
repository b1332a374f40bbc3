"""The rows that were not taken, as a workbook that the officer mends and uploads again.

It has the columns of the file that was uploaded, in its order, with 原行号 before and 错误原因 behind them: the
reader ignores both. A wrong cell is coloured and says in a comment what is wrong with it. Cells are text, so that an
ID number entered anew keeps all its digits; a number that has lost some is shown as 5.3E+17, which no reader takes.
"""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import IO

from xlsxwriter.worksheet import Worksheet

from services.registry.imports import layout
from services.registry.imports.annex2 import CellError, RefusedRow
from services.registry.imports.cells import EXACT_BELOW
from services.registry.imports.layout import Layout
from shared.spreadsheet import Cell, Writer

SHEET = "错误行"
WRONG = {"bg_color": "#FFC7CE", "font_color": "#9C0006"}
HEADER = {"bold": True, "bg_color": "#D9E1F2", "border": 1, "text_wrap": True}
WIDTH, WIDE = 14, 60


def write(target: Path | IO[bytes], found: Layout, refused: Iterable[RefusedRow]) -> int:
    """Write the refused rows to a new `.xlsx`; returns how many there were."""
    kept = [index for index in range(max(map(len, found.header))) if index not in found.ours]
    places = {column: kept.index(index) + 1 for column, index in found.columns.items()}
    absent = [column for column in layout.COLUMNS if column not in places]
    places |= {column: len(kept) + 1 + offset for offset, column in enumerate(absent)}
    reasons = len(kept) + len(absent) + 1
    with Writer(target) as writer:
        sheet = writer.sheet(SHEET)
        sheet.set_column(0, reasons - 1, WIDTH, writer.style(num_format="@"))
        sheet.set_column(reasons, reasons, WIDE)
        _header(writer, sheet, found, kept, absent)
        sheet.freeze_panes(len(found.header), 0)
        count = 0
        for count, (row, errors) in enumerate(refused, 1):
            line = len(found.header) + count - 1
            values = [row.cells[index] if index < len(row.cells) else None for index in kept]
            _row(writer, sheet, line, [str(row.number), *values, *[None] * len(absent)], _by_place(errors, places))
            writer.put(sheet, line, reasons, _all(errors), text_wrap=True)
    return count


def _header(writer: Writer, sheet: Worksheet, found: Layout, kept: list[int], absent: list[str]) -> None:
    last = len(found.header) - 1
    for line, texts in enumerate(found.header):
        cells = [texts[index] if index < len(texts) else None for index in kept]
        added = absent if line == last else [None] * len(absent)
        ours = (layout.ROW_NUMBER, layout.REASONS) if line == last else (None, None)
        for place, value in enumerate((ours[0], *cells, *added, ours[1])):
            writer.put(sheet, line, place, value, **HEADER)


def _row(writer: Writer, sheet: Worksheet, line: int, values: list[Cell], wrong: dict[int, str]) -> None:
    for place, value in enumerate(values):
        if place in wrong:
            mark = WRONG if isinstance(value, date) else WRONG | {"num_format": "@"}
            writer.put(sheet, line, place, _shown(value), **mark)
            sheet.write_comment(line, place, wrong[place])
        elif value is not None:  # a cell not written keeps its column's text format
            writer.put(sheet, line, place, _shown(value))


def _by_place(errors: Iterable[CellError], places: dict[str, int]) -> dict[int, str]:
    wrong: dict[int, str] = {}
    for error in errors:
        place = places[error.column]
        wrong[place] = f"{wrong[place]}\n{error.text.zh}" if place in wrong else error.text.zh
    return wrong


def _all(errors: Iterable[CellError]) -> str:
    return ";".join(f"{error.column}:{error.text.zh}" for error in errors)


def _shown(value: Cell) -> Cell:
    """Numbers as text, for the officer's correction to stay text; dates stay dates."""
    if isinstance(value, bool) or not isinstance(value, float | int):
        return value
    if abs(value) < EXACT_BELOW and value == int(value):
        return str(int(value))
    return f"{value:.5E}" if abs(value) >= EXACT_BELOW else str(value)
