"""A filled form as a spreadsheet (.xlsx) that an office prints, signs and sends.

Two sheets of paper exist. One is the document's own form for one unit: its bands stand below each other, each a header
of two or three rows and one line of figures. The other is the summary 汇总表 that goes with it: all columns side by
side, first the total, then one line for each place directly below. `render` makes the first, `render_rows` the second,
`render_both` a workbook of the two.

The same input gives the same bytes. Texts are always written as texts, so that none is read as a formula.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from io import BytesIO
from math import lcm

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from services.reporting.forms.figures import Printed
from services.reporting.forms.model import Cell, Form, Leaf, depth, header_cells
from services.reporting.forms.sheet import Header, Row, check
from services.reporting.indicators.model import Unit
from shared.regions import Level

A4 = 9
GRID_INCHES = 10.9
"""Width of the printed table: A4 across (11.69 inches) without the margins."""
PIXELS_PER_INCH = 96
PLACE_PIXELS = 84
PERSONS_PIXELS = 51
MONEY_PIXELS = 63
"""Widths of the summary's columns: a county's figures fit, longer ones shrink in their cells."""
SUMMARY = "汇总表"
ROUNDED = "万元数按四舍五入保留到元，各行之和与合计可能略有出入。"
_FIXED_TIME = datetime(2000, 1, 1)  # noqa: DTZ001 - a stamp inside the file, written without a zone


class _Book:
    """A workbook of one or two pages."""

    def __init__(self, form: Form, header: Header) -> None:
        self.form, self.header = form, header
        self._buffer = BytesIO()
        self._workbook = Workbook(self._buffer, {"in_memory": True})
        self._workbook.set_properties({"title": form.title, "created": _FIXED_TIME})

    def page(self, name: str) -> "_Page":
        return _Page(self.form, self.header, self._workbook, name)

    def bytes(self) -> bytes:
        self._workbook.close()
        return self._buffer.getvalue()


class _Page:
    """A sheet on landscape A4 and the styles that the forms share."""

    def __init__(self, form: Form, header: Header, workbook: Workbook, name: str) -> None:
        self.form, self.header, self.workbook = form, header, workbook
        self.sheet: Worksheet = workbook.add_worksheet(name)
        self.sheet.set_landscape()
        self.sheet.set_paper(A4)
        self.sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
        self.sheet.center_horizontally()
        self.sheet.hide_gridlines(2)
        self.label = self._style(font_name="黑体", font_size=14)
        self.title = self._style(font_size=22, bold=True, align="center")
        self.line = self._style(font_size=12)
        self.line_centre = self._style(font_size=12, align="center")
        self.line_right = self._style(font_size=12, align="right")

    def _style(self, **properties: object) -> Format:
        return self.workbook.add_format({"font_name": "宋体", "valign": "vcenter"} | properties)

    def heading(self, size: int, *, bold: bool) -> Format:
        return self._style(font_size=size, bold=bold, align="center", border=1, text_wrap=True)

    def place(self, size: int) -> Format:
        return self._style(font_size=size, align="left", border=1, text_wrap=True, indent=1)

    def figures(self, size: int) -> Mapping[Unit, Format]:
        return {
            unit: self._style(
                font_name="Times New Roman",
                font_size=size,
                align="center",
                border=1,
                shrink=True,
                num_format=self.form.scale(self.header.level, unit).number_format,
            )
            for unit in Unit
        }

    def text(self, row: int, left: int, right: int, text: str, style: Format) -> None:
        """A text over the columns `left` to `right`, both included."""
        self.merged(row, left, 1, right - left + 1, style)
        self.sheet.write_string(row, left, text, style)

    def merged(self, row: int, column: int, height: int, width: int, style: Format) -> None:
        if height * width > 1:
            self.sheet.merge_range(row, column, row + height - 1, column + width - 1, "", style)

    def headings(self, top: int, left: int, cells: Sequence[Cell], size: int) -> None:
        """The merged headings; those of the first row, which name the measures, are bold."""
        bold, plain = self.heading(size, bold=True), self.heading(size, bold=False)
        for cell in cells:
            row, column, style = top + cell.top, left + cell.left, plain if cell.top else bold
            self.merged(row, column, cell.height, cell.width, style)
            self.sheet.write_string(row, column, cell.title, style)

    def figure(self, row: int, column: int, leaf: Leaf, value: int, style: Format) -> None:
        """The cell holds the decimal itself: fifteen digits of it are exact in the file and in Excel."""
        self.sheet.write(row, column, self.form.scale(self.header.level, leaf.unit).show(value), style)

    def opening(self, last: int) -> int:
        """Label, title, quarter and reporting unit over columns 0 to `last`; the first row below them."""
        header, half = self.header, last // 2
        self.text(0, 0, half, self.form.label, self.label)
        self.text(1, 0, last, self.form.title, self.title)
        self.text(2, 0, last, _quarter(header), self.line_centre)
        self.text(3, 0, half, f"填报单位：{header.region_name}（公章）", self.line)
        self.text(3, half + 1, last, f"单位：{units(self.form, header.level)}", self.line_right)
        for row, height in enumerate((20, 36, 22, 24)):
            self.sheet.set_row(row, height)
        return 4

    def closing(self, top: int, last: int, notes: Sequence[str]) -> None:
        """Signatures and notes over columns 0 to `last`."""
        header, third = self.header, (last + 1) // 3
        signatures = (f"填表人：{header.filled_by}", f"审核人：{header.reviewed_by}", f"联系电话：{header.phone}")
        for index, signature in enumerate(signatures):
            right = last if index == 2 else (index + 1) * third - 1
            self.text(top, index * third, right, signature, self.line)
        self.sheet.set_row(top, 34)
        for index, note in enumerate(notes):
            lead = "说  明：" if index == 0 else "　　    "
            self.text(top + 1 + index, 0, last, f"{lead}{index + 1}.{note}", self.line)
            self.sheet.set_row(top + 1 + index, 18)
        self.sheet.print_area(0, 0, top + len(notes), last)


def units(form: Form, level: Level) -> str:
    """The printed units of a sheet of this level: `万人、万元` or `人、元`."""
    return "、".join(form.printed(level, unit) for unit in (Unit.PERSONS, Unit.FEN))


def render(form: Form, header: Header, values: Mapping[str, int]) -> bytes:
    """The form of one unit as the document prints it; `values` are exact integers by indicator.

    Raises ValueError when a figure is missing, unknown, negative or too large for a cell.
    """
    check(form, [Row(header.region_name, values)])
    book = _Book(form, header)
    _draw_unit(book.page(form.label), values)
    return book.bytes()


def render_rows(form: Form, header: Header, rows: Sequence[Row]) -> bytes:
    """The summary of several places under one header: `rows[0]` is the total, the places follow in order.

    The whole sheet is printed in the units of the header's level. Raises ValueError as `render` does.
    """
    check(form, rows)
    book = _Book(form, header)
    _draw_summary(book.page(form.label), rows)
    return book.bytes()


def render_both(form: Form, header: Header, rows: Sequence[Row]) -> bytes:
    """The form of `rows[0]` and, when there are places below it, the summary on a second sheet."""
    check(form, rows)
    book = _Book(form, header)
    _draw_unit(book.page(form.label), rows[0].values)
    if len(rows) > 1:
        _draw_summary(book.page(SUMMARY), rows)
    return book.bytes()


def _draw_unit(page: _Page, values: Mapping[str, int]) -> None:
    form = page.form
    grid = lcm(*(sum(len(group.leaves) for group in band) for band in form.bands))
    page.sheet.set_column_pixels(0, grid - 1, int(GRID_INCHES * PIXELS_PER_INCH / grid))
    page.sheet.fit_to_pages(1, 1)
    figures = page.figures(14)
    row = page.opening(grid - 1)
    for band in form.bands:
        leaves = [leaf for group in band for leaf in group.leaves]
        width, rows = grid // len(leaves), depth(band)
        page.headings(row, 0, header_cells(band, leaf_width=width), 13)
        for offset in range(rows):
            page.sheet.set_row(row + offset, 27)
        row += rows
        page.sheet.set_row(row, 38)
        for index, leaf in enumerate(leaves):
            page.merged(row, index * width, 1, width, figures[leaf.unit])
            page.figure(row, index * width, leaf, values[leaf.indicator], figures[leaf.unit])
        row += 1
    page.closing(row, grid - 1, form.notes)


def _draw_summary(page: _Page, rows: Sequence[Row]) -> None:
    form, header = page.form, page.header
    last, header_rows = len(form.leaves), depth(form.groups)
    _summary_columns(page, form)
    top = page.opening(last)
    page.headings(top, 0, [Cell("地区", 0, 0, header_rows, 1)], 10)
    page.headings(top, 1, header_cells(form.groups), 10)
    for row, height in enumerate((30, 22, 44), start=top):
        page.sheet.set_row(row, height)
    first = top + header_rows
    page.sheet.repeat_rows(top, first - 1)
    page.sheet.freeze_panes(first, 1)
    place, figures = page.place(10), page.figures(10)
    for row, place_figures in enumerate(rows, start=first):
        page.sheet.set_row(row, 22)
        page.sheet.write_string(row, 0, place_figures.region_name, place)
        for column, leaf in enumerate(form.leaves, start=1):
            page.figure(row, column, leaf, place_figures.values[leaf.indicator], figures[leaf.unit])
    rounded = form.printed(header.level, Unit.FEN) is Printed.TEN_THOUSAND_YUAN
    page.closing(first + len(rows), last, [*form.notes, ROUNDED] if rounded else form.notes)


def _summary_columns(page: _Page, form: Form) -> None:
    page.sheet.set_column_pixels(0, 0, PLACE_PIXELS)
    for column, leaf in enumerate(form.leaves, start=1):
        page.sheet.set_column_pixels(column, column, MONEY_PIXELS if leaf.unit is Unit.FEN else PERSONS_PIXELS)
    page.sheet.fit_to_pages(1, 0)
    page.sheet.set_footer("&C第 &P 页 共 &N 页")


def _quarter(header: Header) -> str:
    restated = (
        f"（{header.restated:%Y}年{header.restated.month}月{header.restated.day}日更正）" if header.restated else ""
    )
    return f"{header.year} 年 {header.quarter} 季{restated}"
