"""The person form of Yunnan 2017, annex 2 (云南省农村贫困劳动力就业信息表), with four columns for the household."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

TITLE = "云南省农村贫困劳动力就业信息表"
GROUP = "已就业人员就业信息"
COLUMNS = (
    ("姓名", 22), ("性别", 6), ("证件号码", 21), ("民族", 9), ("政治面貌", 10), ("文化程度", 12),
    ("健康状况", 11), ("劳动能力", 16), ("联系方式", 13), ("是否已就业", 8),
    ("就业地点(×省×市×县)", 24), ("就业单位名称", 26), ("就业时间", 12),
    ("未就业人员就业意向(县内/县外)", 14), ("未就业人员就业服务需求", 24),
    ("行政村代码", 14), ("户编号", 18), ("与户主关系", 11), ("人员类别", 16),
)  # fmt: skip
GROUPED = range(10, 13)
FIRST_ROW = 4
"""Number of the first row of data, as Excel counts: below the title and two rows of headers."""


class Row(NamedTuple):
    """One person as the form has it; an empty string is an empty cell, a float a number cell."""

    name: str
    sex: str
    id_number: str | float
    ethnicity: str
    political_status: str
    education: str
    health: str
    labor_capacity: str
    phone: str
    employed: str
    work_place: str
    employer: str
    employed_since: str
    intent: str
    needs: str
    village: str
    household: str
    relation: str
    category: str


def write(path: Path, rows: Iterable[Row], created: datetime) -> None:
    """Write the workbook; the same rows give the same bytes, for `created` is the only time in it."""
    with Workbook(path, {"strings_to_numbers": False, "strings_to_formulas": False}) as workbook:
        workbook.set_properties({"title": TITLE, "created": created})
        head = {"bold": True, "align": "center", "valign": "vcenter", "text_wrap": True, "border": 1}
        sheet = workbook.add_worksheet("就业信息表")
        _header(sheet, workbook.add_format(head | {"font_size": 16, "border": 0}), workbook.add_format(head))
        for column, (_, width) in enumerate(COLUMNS):
            sheet.set_column(column, column, width)
        text = workbook.add_format({"num_format": "@"})
        whole = workbook.add_format({"num_format": "0"})
        for index, row in enumerate(rows, start=FIRST_ROW - 1):
            _row(sheet, index, row, text, whole)
        sheet.freeze_panes(FIRST_ROW - 1, 1)


def _header(sheet: Worksheet, title: Format, header: Format) -> None:
    sheet.merge_range(0, 0, 0, len(COLUMNS) - 1, TITLE, title)
    sheet.merge_range(1, GROUPED.start, 1, GROUPED.stop - 1, GROUP, header)
    for column, (caption, _) in enumerate(COLUMNS):
        if column in GROUPED:
            sheet.write_string(2, column, caption, header)
        else:
            sheet.merge_range(1, column, 2, column, caption, header)


def _row(sheet: Worksheet, index: int, row: Row, text: Format, whole: Format) -> None:
    for column, cell in enumerate(row):
        if isinstance(cell, float):
            sheet.write_number(index, column, cell, whole)
        elif cell:
            sheet.write_string(index, column, cell, text)
