import io
from datetime import date
from itertools import count

import openpyxl
import pytest

from services.registry.imports import error_workbook, layout
from services.registry.imports.annex2 import CellError, PersonRow, RefusedRow, iter_rows
from services.registry.persons.identity import check_digit
from shared.errors import Text
from shared.spreadsheet import Cell, Row, Writer, read_rows

TODAY = date(2018, 6, 28)
VILLAGE = "532504100201"
GOOD_ID = "53250419850412002" + check_digit("53250419850412002")

# Not the form's order, one header row, a column of the officer's own.
COLUMNS = ("备注", *reversed(layout.COLUMNS))
PERSON: dict[str, Cell] = {
    "备注": "=cmd|' /C calc'!A0",
    layout.NAME: "普美英",
    layout.SEX: "女",
    layout.ID_NUMBER: 532504198504120016.0,
    layout.EMPLOYED: "是",
    layout.PLACE: "上海市松江区",
    layout.EMPLOYER: None,
    layout.SINCE: date(2017, 3, 1),
    layout.VILLAGE: VILLAGE,
    layout.HOUSEHOLD: 12.0,
    layout.KINSHIP: "户主",
    layout.CATEGORY: "脱贫户",
}


def uploaded(people: list[dict[str, Cell]], columns: tuple[str, ...] = COLUMNS) -> bytes:
    target = io.BytesIO()
    with Writer(target) as writer:
        sheet = writer.sheet("人员")
        lines: list[dict[str, Cell]] = [{column: column for column in columns}, *people]
        for r, line in enumerate(lines):
            for c, column in enumerate(columns):
                writer.put(sheet, r, c, line.get(column))
    return target.getvalue()


def read(content: bytes, default_village: str | None = None) -> tuple[layout.Layout, list[PersonRow | RefusedRow]]:
    with read_rows(content) as sheet:
        people = iter_rows(sheet, today=TODAY, default_village=default_village, place_lookup=lambda _: "310117")
        return people.layout, list(people.rows)


def errors_of(content: bytes) -> bytes:
    found, rows = read(content)
    target = io.BytesIO()
    refused = [row for row in rows if isinstance(row, RefusedRow)]
    assert error_workbook.write(target, found, refused) == len(refused)
    return target.getvalue()


def test_wrong_cells_are_coloured_and_say_why() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(errors_of(uploaded([PERSON])))).active
    assert sheet is not None
    header = [cell.value for cell in sheet[1]]
    assert header == [layout.ROW_NUMBER, *COLUMNS, layout.REASONS]
    cells = dict(zip(header, sheet[2], strict=True))
    assert cells[layout.ROW_NUMBER].value == "2"
    for column in (layout.ID_NUMBER, layout.EMPLOYER):
        assert cells[column].fill.fgColor.rgb == "FFFFC7CE"
        comment = cells[column].comment
        assert comment is not None
        assert comment.text in str(cells[layout.REASONS].value)
        assert f"{column}:" in str(cells[layout.REASONS].value)
        assert cells[column].number_format == "@"
    assert cells[layout.NAME].comment is None
    assert cells["备注"].data_type == "s"
    assert cells["备注"].value == PERSON["备注"]


def test_the_mended_workbook_is_taken() -> None:
    book = openpyxl.load_workbook(io.BytesIO(errors_of(uploaded([PERSON]))))
    sheet = book.active
    assert sheet is not None
    places = dict(zip((cell.value for cell in sheet[1]), count(1), strict=False))
    sheet.cell(2, places[layout.ID_NUMBER], GOOD_ID)
    sheet.cell(2, places[layout.EMPLOYER], "某厂")
    mended = io.BytesIO()
    book.save(mended)
    _, (person,) = read(mended.getvalue())
    assert isinstance(person, PersonRow)
    assert (person.identity.number, person.employer, person.household) == (GOOD_ID, "某厂", "12")
    assert person.employed_since == date(2017, 3, 1)


def test_uploaded_as_it_is_it_is_refused_again_with_the_same_columns() -> None:
    once = errors_of(uploaded([PERSON]))
    twice = errors_of(once)
    for content in (once, twice):
        _, (row,) = read(content)
        assert isinstance(row, RefusedRow)
        assert {(e.column, e.code) for e in row.errors} == {
            (layout.ID_NUMBER, "digits_lost"),
            (layout.EMPLOYER, "missing"),
        }
    sheet = openpyxl.load_workbook(io.BytesIO(twice)).active
    assert sheet is not None
    assert [cell.value for cell in sheet[1]] == [layout.ROW_NUMBER, *COLUMNS, layout.REASONS]


def test_an_error_at_a_column_that_the_file_left_out_gets_that_column() -> None:
    """The importer may refuse the village although the file of a single village does not name it."""
    columns = tuple(column for column in COLUMNS if column != layout.VILLAGE)
    found, _ = read(uploaded([PERSON], columns), default_village=VILLAGE)
    error = CellError(layout.VILLAGE, Text("行政村不在您的辖区", "Not your village"), "village_unknown")
    target = io.BytesIO()
    error_workbook.write(target, found, [RefusedRow(Row(2, ("x",)), (error,))])
    sheet = openpyxl.load_workbook(io.BytesIO(target.getvalue())).active
    assert sheet is not None
    assert [cell.value for cell in sheet[1]][-2:] == [layout.VILLAGE, layout.REASONS]
    assert sheet[2][-2].comment is not None


@pytest.mark.parametrize("number", [532504198504120016.0, 1e300])
def test_a_number_that_lost_digits_never_comes_back_as_a_number_that_passes(number: float) -> None:
    _, (row,) = read(errors_of(uploaded([PERSON | {layout.ID_NUMBER: number}])))
    assert isinstance(row, RefusedRow)
    assert layout.ID_NUMBER in {error.column for error in row.errors}
