"""The spreadsheets of annex 3, read back with another library: the document's words, and each figure in its place."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from io import BytesIO
from unicodedata import normalize

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from cli.checks.rules import DOCUMENTS, ROOT, squeezed
from services.reporting.forms.model import load
from services.reporting.forms.sheet import Header, Row, as_json
from services.reporting.forms.workbook import SUMMARY, render, render_both, render_rows
from shared.regions import Level

FORM = load("annex3")
COUNTY = Header("样例县", Level.COUNTY, 2017, 3, filled_by="甲", reviewed_by="乙", phone="000")
TOWNSHIP = Header("样例乡", Level.TOWNSHIP, 2017, 3)
# Where the document's strips hold their figures: row, then the first column of each of the equal parts of the grid.
PLACES = [
    *(f"{column}7" for column in "AGMS"),
    *(f"{column}11" for column in "ADGJMPSV"),
    *(f"{column}15" for column in "AEIMQU"),
    *(f"{column}18" for column in "AEIMQU"),
]


def values(step: int = 1) -> Mapping[str, int]:
    """A different figure for each column: 1001, 1002 … times `step`."""
    return {leaf.indicator: (1001 + index) * step for index, leaf in enumerate(FORM.leaves)}


def opened(content: bytes) -> Worksheet:
    sheet = load_workbook(BytesIO(content)).active
    assert isinstance(sheet, Worksheet)
    return sheet


def words(sheet: Worksheet) -> list[str]:
    """All texts of the sheet, row by row, with the document's half-width punctuation and without spaces."""
    cells = [cell.value for row in sheet.iter_rows() for cell in row]
    return [squeezed(normalize("NFKC", text)) for text in cells if isinstance(text, str)]


def printed_form() -> list[str]:
    """Annex 3 as the document prints it, one text per cell or line."""
    text = (ROOT / DOCUMENTS / FORM.document).read_text(encoding="utf-8")
    annex = text[text.index("附件3\n") :].split("云南省人力资源和社会保障厅主办")[0]
    return [squeezed(line) for line in annex.splitlines() if squeezed(line)]


def blanked(sheet_words: list[str]) -> list[str]:
    """The sheet's words with what an officer fills in taken out, and the lines cut as the document cuts them."""
    text = "\n".join(sheet_words)
    for filled, blank in (
        ("2017年3季", "年季"),
        ("样例县(公章)\n", "(公章)"),
        ("填表人:甲\n审核人:乙\n联系电话:000", "填表人:审核人:联系电话:"),
    ):
        assert filled in text
        text = text.replace(filled, blank)
    return text.split("\n")


@pytest.mark.rule("S003-F1", "S003-D2x", "S003-D3", "S003-S4")
def test_every_word_of_the_form_stands_as_and_where_the_document_has_it() -> None:
    assert blanked(words(opened(render(FORM, COUNTY, values())))) == printed_form()


@pytest.mark.rule("S003-F1")
def test_each_figure_of_a_county_stands_in_its_cell_in_ten_thousands() -> None:
    sheet = opened(render(FORM, COUNTY, values()))
    for leaf, place, value in zip(FORM.leaves, PLACES, values().values(), strict=True):
        cell = sheet[place]
        in_ten_thousands = Decimal(value) / 10_000 if leaf.unit == "persons" else Decimal("0.0010")
        assert Decimal(str(cell.value)) == in_ten_thousands, leaf.indicator
        assert cell.number_format == "0.0000"
    numbers = [cell for row in sheet.iter_rows() for cell in row if isinstance(cell.value, int | float)]
    assert len(numbers) == 24


def test_each_figure_of_a_township_is_in_persons_and_yuan() -> None:
    sheet = opened(render(FORM, TOWNSHIP, values()))
    for leaf, place, value in zip(FORM.leaves, PLACES, values().values(), strict=True):
        cell = sheet[place]
        expected = (Decimal(value), "0") if leaf.unit == "persons" else (Decimal(value) / 100, "0.00")
        assert (Decimal(str(cell.value)), cell.number_format) == expected, leaf.indicator
    assert "单位:人、元" in words(sheet)


def test_headings_are_merged_over_their_columns() -> None:
    merged = {str(area) for area in opened(render(FORM, COUNTY, values())).merged_cells.ranges}
    assert {"A5:X5", "A8:X8", "A9:F9", "S9:X9", "M13:X13", "A16:H16", "I16:X16"} <= merged


def test_a_summary_has_the_total_first_and_the_places_below() -> None:
    rows = [Row("合计", values(3)), Row("甲乡", values(1)), Row("乙乡", values(2))]
    sheet = opened(render_rows(FORM, COUNTY, rows))
    assert [sheet.cell(row, 1).value for row in (8, 9, 10)] == ["合计", "甲乡", "乙乡"]
    for row, step in ((8, 3), (9, 1), (10, 2)):
        for column, leaf in enumerate(FORM.leaves, start=2):
            shown = FORM.scale(Level.COUNTY, leaf.unit).show(values(step)[leaf.indicator])
            assert Decimal(str(sheet.cell(row, column).value)) == shown
    assert "3.万元数按四舍五入保留到元,各行之和与合计可能略有出入。" in words(sheet)


def test_a_summary_has_every_heading_of_the_form() -> None:
    summary = words(opened(render_rows(FORM, COUNTY, [Row("合计", values())])))
    headings = [group.title for group in FORM.groups] + [leaf.title for leaf in FORM.leaves]
    for title in headings:
        assert summary.count(title) == headings.count(title)


def test_both_sheets_go_into_one_workbook_when_there_are_places_below() -> None:
    rows = [Row("样例县", values(3)), Row("甲乡", values(1))]
    book = load_workbook(BytesIO(render_both(FORM, COUNTY, rows)))
    assert book.sheetnames == [FORM.label, SUMMARY]
    assert [Decimal(str(book[FORM.label]["A7"].value)), Decimal(str(book[SUMMARY]["B8"].value))] == [
        Decimal("0.3003")
    ] * 2
    assert load_workbook(BytesIO(render_both(FORM, COUNTY, rows[:1]))).sheetnames == [FORM.label]


def test_a_summary_in_yuan_says_nothing_of_rounding() -> None:
    sheet = opened(render_rows(FORM, TOWNSHIP, [Row("合计", values())]))
    assert not [text for text in words(sheet) if "四舍五入" in text]


def test_prints_on_landscape_a4_one_page_wide_with_its_header_on_each_page() -> None:
    for sheet in (
        opened(render(FORM, COUNTY, values())),
        opened(render_rows(FORM, COUNTY, [Row("合计", values())] * 80)),
    ):
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert sheet.sheet_properties.pageSetUpPr is not None
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.page_setup.fitToWidth in (None, 1)
    assert sheet.print_title_rows == "$5:$7"
    assert sheet.page_setup.fitToHeight == 0


def test_a_correction_says_so() -> None:
    restated = Header("样例县", Level.COUNTY, 2017, 3, restated=date(2017, 11, 6))
    assert "2017年3季(2017年11月6日更正)" in words(opened(render(FORM, restated, values())))


def test_the_same_figures_give_the_same_bytes() -> None:
    assert render(FORM, COUNTY, values()) == render(FORM, COUNTY, values())
    assert render(FORM, COUNTY, values()) != render(FORM, COUNTY, values(2))


def test_a_name_is_never_a_formula() -> None:
    sheet = opened(render_rows(FORM, COUNTY, [Row('=HYPERLINK("x")', values())]))
    assert (sheet["A8"].value, sheet["A8"].data_type) == ('=HYPERLINK("x")', "s")


@pytest.mark.parametrize("spoil", [{"registered_people": None}, {"no_such_people": 1}])
def test_a_missing_or_unknown_indicator_is_refused(spoil: Mapping[str, int | None]) -> None:
    spoiled = {key: value for key, value in {**values(), **spoil}.items() if value is not None}
    with pytest.raises(ValueError, match=next(iter(spoil))):
        render(FORM, COUNTY, spoiled)


def test_no_rows_and_no_fifth_quarter() -> None:
    with pytest.raises(ValueError, match="at least one row"):
        render_rows(FORM, COUNTY, [])
    with pytest.raises(ValueError, match="quarters 1 to 4"):
        Header("样例县", Level.COUNTY, 2017, 5)


def test_json_keeps_the_fen_that_the_sheet_rounds() -> None:
    document = as_json(FORM, COUNTY, [Row("合计", values())])
    figures = document["rows"][0]["values"]
    assert (document["form"], document["year"], document["quarter"]) == ("annex3", 2017, 3)
    assert list(figures) == [leaf.indicator for leaf in FORM.leaves]
    assert (figures["registered_people"], figures["survey_subsidy_paid"]) == (1001, "10.02")
