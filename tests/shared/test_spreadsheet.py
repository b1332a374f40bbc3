"""Reading in the confined process: honest files, and a small corpus of hostile ones made here."""

import io
import os
import time
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import openpyxl
import psutil
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from shared import spreadsheet
from shared.spreadsheet import Cell, Limits, Row, SpreadsheetRefused, Writer, read_rows

MOMENT = datetime.fromisoformat("2017-03-01T08:30:00")  # spreadsheets know no time zone
SHEET = "xl/worksheets/sheet1.xml"
SMALL = Limits(unpacked_bytes=32 << 20, memory_bytes=512 << 20, cpu_seconds=20, wait_seconds=30, rows=1000, columns=64)


def workbook(rows: list[list[Cell]]) -> bytes:
    target = io.BytesIO()
    with Writer(target) as writer:
        sheet = writer.sheet("人员")
        for r, cells in enumerate(rows):
            for c, cell in enumerate(cells):
                writer.put(sheet, r, c, cell)
    return target.getvalue()


def with_part(path: str, replace: Callable[[bytes], bytes]) -> bytes:
    """A sound workbook in which one part was tampered with."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook([["a", "b"]]))) as sound,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as bad,
    ):
        for part in sound.infolist():
            content = sound.read(part)
            bad.writestr(part.filename, replace(content) if part.filename == path else content)
    return target.getvalue()


def sheet_of(xml: str) -> bytes:
    return with_part(
        SHEET,
        lambda _: (
            '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
            f"{xml}</worksheet>"
        ).encode(),
    )


def rows_of(source: Path | bytes, limits: Limits = SMALL) -> list[Row]:
    with read_rows(source, limits) as sheet:
        return list(sheet)


def test_cells_keep_their_types() -> None:
    rows = rows_of(workbook([["姓名", "", None], [], ["530402", 530402.0, True, date(2017, 3, 1), MOMENT]]))
    assert rows == [
        Row(1, ("姓名", None, None, None, None)),
        Row(3, ("530402", 530402.0, True, date(2017, 3, 1), MOMENT)),
    ]
    assert isinstance(rows[1].cells[1], float)


def test_a_number_is_told_from_text_though_both_look_alike() -> None:
    (row,) = rows_of(workbook([[530402199001010016.0, "530402199001010016"]]))
    assert isinstance(row.cells[0], float)
    assert row.cells[1] == "530402199001010016"


def test_rows_are_counted_and_numbered_as_officers_see_them(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(workbook([[], [], [None, "x"], [], [None, "y"]]))
    with read_rows(path, SMALL) as sheet:
        assert sheet.name == "人员"
        assert sheet.total_rows == 5
        assert [row.number for row in sheet] == [3, 5]


def test_an_empty_sheet_has_no_rows() -> None:
    assert rows_of(workbook([])) == []


def test_the_first_visible_sheet_is_read() -> None:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        hidden, shown = book.add_worksheet("目录"), book.add_worksheet("人员")
        hidden.write(0, 0, "hidden")
        shown.write(0, 0, "shown")
        shown.activate()
        shown.set_first_sheet()
        hidden.hide()
    assert rows_of(target.getvalue()) == [Row(1, ("shown",))]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_in_the_encodings_of_the_field(encoding: str) -> None:
    content = '姓名,证件号码\r\n张三,530402\r\n\r\n"李\n四",𬱖\r\n'.encode(encoding)
    assert rows_of(content) == [
        Row(1, ("姓名", "证件号码")),
        Row(2, ("张三", "530402")),
        Row(4, ("李\n四", "𬱖")),
    ]


def test_a_formula_gives_its_last_value() -> None:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        book.add_worksheet().write_formula(0, 0, '=WEBSERVICE("http://evil")', None, "kept")
    assert rows_of(target.getvalue()) == [Row(1, ("kept",))]


def bomb() -> bytes:
    return with_part("xl/styles.xml", lambda _: b"<a>" + b" " * (64 << 20))


def lying_bomb() -> bytes:
    """The archive's directory claims that the part is small."""
    content = bytearray(bomb())
    real = (64 << 20) + 3
    return bytes(content.replace(real.to_bytes(4, "little"), (100).to_bytes(4, "little")))


def entities() -> bytes:
    declared = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "' + b"ha" * 50 + b'">]>'
    return with_part(SHEET, lambda xml: declared + xml.split(b"?>", 1)[1])


def wide_row() -> bytes:
    cells = "<c/>" * 999_999 + '<c t="inlineStr"><is><t>x</t></is></c>'
    return sheet_of(f"<sheetData><row>{cells}</row></sheetData>")


def far_cell(place: str) -> bytes:
    rows = '<row r="1"><c r="A1"><v>1</v></c></row>'
    number = place.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return sheet_of(f'<sheetData>{rows}<row r="{number}"><c r="{place}"><v>1</v></c></row></sheetData>')


def other_zip() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    return target.getvalue()


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "not-a-spreadsheet"),
    "picture": (lambda: b"\x89PNG\r\n\x1a\n\x00\x00", "not-a-spreadsheet"),
    "program": (lambda: b"\x7fELF\x02\x01\x01\x00", "not-a-spreadsheet"),
    "another zip": (other_zip, "not-a-spreadsheet"),
    "old xls": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "spreadsheet-old-or-protected"),
    "half a zip": (lambda: workbook([["a"]])[:-200], "spreadsheet-unreadable"),
    "no xml": (lambda: with_part(SHEET, lambda _: b"<worksheet><sheetData><row"), "spreadsheet-unreadable"),
    "utf-16": (lambda: "姓名,性别".encode("utf-16"), "not-a-spreadsheet"),
    "no encoding": (lambda: b"\xff\xff\xff\xff,a", "spreadsheet-encoding"),
    "unfinished quote": (lambda: b'a,"b', "spreadsheet-unreadable"),
    "zip bomb": (bomb, "spreadsheet-too-large"),
    "entities": (entities, "spreadsheet-entities"),
    "a million empty columns": (wide_row, "spreadsheet-too-many-columns"),
    "a million empty csv columns": (lambda: b"," * 1_000_000, "spreadsheet-too-many-columns"),
    "far corner": (lambda: far_cell("XFD1048576"), "spreadsheet-too-large"),
    "far row": (lambda: far_cell("A900000"), "spreadsheet-too-many-rows"),
    "far column": (lambda: far_cell("ZZ2"), "spreadsheet-too-many-columns"),
    "many rows": (lambda: b"a\n" * 1001, "spreadsheet-too-many-rows"),
    "long cell": (lambda: b"a" * 5000, "spreadsheet-cell-too-long"),
    "long xlsx cell": (lambda: workbook([["a" * 5000]]), "spreadsheet-cell-too-long"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused_by_name(name: str) -> None:
    make, code = HOSTILE[name]
    began = time.monotonic()
    with pytest.raises(SpreadsheetRefused) as refused:
        rows_of(make())
    assert refused.value.code == code
    assert time.monotonic() - began < SMALL.wait_seconds


def test_an_archive_that_lies_about_sizes_gets_nowhere() -> None:
    with pytest.raises(SpreadsheetRefused):
        rows_of(lying_bomb())


def test_a_false_dimension_costs_nothing() -> None:
    content = sheet_of('<dimension ref="A1:XFD1048576"/><sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData>')
    assert rows_of(content) == [Row(1, (1.0,))]


def test_too_much_work_is_stopped() -> None:
    content = ("a," * 60 + "\n").encode() * 900_000
    with pytest.raises(SpreadsheetRefused):
        rows_of(content, Limits(file_bytes=256 << 20, rows=1_000_000, cpu_seconds=1, memory_bytes=1 << 30))


def test_who_keeps_us_waiting_is_left() -> None:
    with pytest.raises(spreadsheet.TooSlow):
        rows_of(b"a,b\n", Limits(wait_seconds=0))


def test_a_file_beyond_the_limit_is_not_even_sent() -> None:
    with pytest.raises(spreadsheet.SpreadsheetTooLarge):
        read_rows(b"a" * 11, Limits(file_bytes=10))


def test_a_larger_file_by_path_is_refused_too(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"a" * 11)
    with pytest.raises(spreadsheet.SpreadsheetTooLarge):
        read_rows(path, Limits(file_bytes=10))


def test_no_process_stays_behind() -> None:
    with read_rows(b"a\n" * 900, SMALL) as sheet:
        assert next(iter(sheet)).number == 1
    children = psutil.Process(os.getpid()).children()
    assert not [child for child in children if "spreadsheet_child" in " ".join(child.cmdline())]


def test_the_process_sees_nothing_of_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BANGFU_SECRET", "planted")
    with read_rows(b"a\n" * 900, SMALL):
        child = psutil.Process(os.getpid()).children()[-1]
        assert "BANGFU_SECRET" not in child.environ()


def test_a_slow_reader_of_rows_is_not_the_files_fault() -> None:
    with read_rows(b"a,b\n" * 100_000, Limits(wait_seconds=2)) as sheet:
        seen = 0
        for row in sheet:
            seen += 1
            if row.number == 1:
                time.sleep(2.5)
    assert seen == 100_000


@settings(max_examples=15, deadline=None)
@given(st.binary(max_size=300))
def test_arbitrary_bytes_end_in_rows_or_a_refusal(content: bytes) -> None:
    for head in (b"", b"PK\x03\x04"):
        try:
            rows = rows_of(head + content)
        except SpreadsheetRefused:
            continue
        assert all(isinstance(row, Row) for row in rows)


FORMULAS = ["=1+1", "+86", "-1", "@SUM(A1)", "\t=1", "\uff1d1"]


@pytest.mark.parametrize("text", FORMULAS)
def test_text_never_becomes_a_formula(text: str, tmp_path: Path) -> None:
    content = workbook([[text]])
    cell = openpyxl.load_workbook(io.BytesIO(content)).active["A1"]  # type: ignore[index]
    assert cell.data_type == "s"
    assert cell.quotePrefix
    assert rows_of(content)[0].cells == (text,)


@given(st.one_of(st.sampled_from(FORMULAS), st.text().filter(lambda text: not text.startswith("'"))))
def test_neutral_text_comes_back_plain(text: str) -> None:
    written = spreadsheet.neutral(text)
    assert not written.startswith(spreadsheet.FORMULA_STARTS)
    assert spreadsheet.plain(written) == text


def test_links_and_numbers_written_as_text_stay_text() -> None:
    cells = ("http://example.com", "00123", "1E5")
    assert rows_of(workbook([list(cells)]))[0].cells == cells
