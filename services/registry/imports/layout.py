"""The layout of Yunnan 2017's annex 2 (农村贫困劳动力就业信息表), found by its header texts whatever their order.

The form has two header rows under an optional title; the columns about employment stand in the second one, below
the group 已就业人员就业信息. Four columns are added to the form's fifteen, for the register needs to know the
household: 行政村代码 户编号 与户主关系 人员类别. Columns that are not known are left alone.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from services.registry.codes.writing import squeeze
from services.registry.imports.cells import is_blank
from shared.errors import Problem, Text
from shared.spreadsheet import Cell, Row

NAME = "姓名"
SEX = "性别"
ID_NUMBER = "证件号码"
ETHNICITY = "民族"
POLITICAL = "政治面貌"
EDUCATION = "文化程度"
HEALTH = "健康状况"
LABOR = "劳动能力"
PHONE = "联系方式"
EMPLOYED = "是否已就业"
PLACE = "就业地点"
EMPLOYER = "就业单位名称"
SINCE = "就业时间"
INTENT = "未就业人员就业意向"
NEEDS = "未就业人员就业服务需求"
VILLAGE = "行政村代码"
HOUSEHOLD = "户编号"
KINSHIP = "与户主关系"
CATEGORY = "人员类别"

GROUP = "已就业人员就业信息"
FORM = (
    NAME, SEX, ID_NUMBER, ETHNICITY, POLITICAL, EDUCATION, HEALTH, LABOR, PHONE, EMPLOYED,
    PLACE, EMPLOYER, SINCE, INTENT, NEEDS,
)  # fmt: skip
COLUMNS = (*FORM, VILLAGE, HOUSEHOLD, KINSHIP, CATEGORY)
TITLES = {PLACE: "就业地点(×省×市×县)", INTENT: "未就业人员就业意向(县内/县外)"}

# Added by the error workbook; ignored when it comes back.
ROW_NUMBER = "原行号"
REASONS = "错误原因"
OURS = frozenset({ROW_NUMBER, REASONS})

ALIASES = {
    "身份证号": ID_NUMBER,
    "身份证号码": ID_NUMBER,
    "证件号": ID_NUMBER,
    "联系电话": PHONE,
    "就业单位": EMPLOYER,
    "就业意向": INTENT,
    "就业服务需求": NEEDS,
    "村代码": VILLAGE,
    "户主关系": KINSHIP,
}
SEARCHED_ROWS = 10

_NOTE = re.compile(r"\([^()]*\)")


class HeaderNotFound(Problem):
    """No row within the first ten looks like the form's header."""

    status = 422
    code = "header-not-found"
    title = Text("没有找到表头,请使用附件2的表样", "The header was not found: use the form of annex 2")


class ColumnsMissing(Problem):
    status = 422
    code = "columns-missing"
    title = Text("表格缺少列", "Columns are missing")


class ColumnsRepeated(Problem):
    status = 422
    code = "columns-repeated"
    title = Text("表格中有重复的列", "Columns are repeated")


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each column stands. `header` keeps the header rows as they were; data begins after row `last_row`."""

    columns: Mapping[str, int]
    header: tuple[tuple[Cell, ...], ...]
    last_row: int

    def filled(self, row: Row) -> dict[str, Cell]:
        """The row's cells by column, without those that are blank or beyond the row's end."""
        found = row.cells
        return {
            column: found[index]
            for column, index in self.columns.items()
            if index < len(found) and not is_blank(found[index])
        }

    @property
    def ours(self) -> frozenset[int]:
        """Indexes of the columns that an error workbook added."""
        return frozenset(index for cells in self.header for index, cell in enumerate(cells) if _column(cell) in OURS)


def parse_header(rows: Sequence[Row], *, default_village: str | None = None) -> Layout:
    """Find the form's columns in the first rows of a sheet.

    行政村代码 may be absent when the caller names a `default_village`. Raises HeaderNotFound, ColumnsMissing
    (`columns` lists them), ColumnsRepeated.
    """
    for upper, lower in zip_longest(rows[:SEARCHED_ROWS], rows[1:SEARCHED_ROWS]):
        if {_column(cell) for cell in upper.cells} >= {NAME, ID_NUMBER}:
            header = (upper, lower) if _is_second_header(lower) else (upper,)
            return _layout(header, optional={VILLAGE} if default_village else set())
    raise HeaderNotFound


def _is_second_header(row: Row | None) -> bool:
    return row is not None and any(_column(cell) in {PLACE, EMPLOYER, SINCE} for cell in row.cells)


def _layout(header: tuple[Row, ...], optional: set[str]) -> Layout:
    columns: dict[str, int] = {}
    repeated = []
    for index, cells in enumerate(zip_longest(*(row.cells for row in header))):
        column = next((known for cell in reversed(cells) if (known := _column(cell)) in COLUMNS), None)
        if column is None:
            continue
        if column in columns:
            repeated.append(column)
        columns[column] = index
    if repeated:
        raise ColumnsRepeated(_naming(ColumnsRepeated.title, repeated), columns=repeated)
    if missing := [column for column in COLUMNS if column not in columns and column not in optional]:
        raise ColumnsMissing(_naming(ColumnsMissing.title, missing), columns=missing)
    return Layout(columns, tuple(row.cells for row in header), header[-1].number)


def _naming(title: Text, columns: list[str]) -> Text:
    words = "、".join(columns)
    return Text(f"{title.zh}:{words}", f"{title.en}: {words}")


def _column(cell: Cell) -> str:
    """A header cell as one of the names above: without notes in brackets, spaces, line breaks, a `*` for required."""
    if not isinstance(cell, str):
        return ""
    text = _NOTE.sub("", squeeze(cell)).strip("*:")
    return ALIASES.get(text, text)
