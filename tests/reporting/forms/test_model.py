"""The form of annex 3 as data: its columns are the document's, its header fits together, bad data does not load."""

from datetime import date
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from services.reporting.forms.model import FOLDER, Cell, Form, header_cells, load, quarter_end
from services.reporting.indicators.model import Kind, Unit, catalogue
from shared.regions import Level

STOCKS = ["实名人数", "未就业人员", "已就业人员", "在校学生", "签订合同", "参加社保"]


def raw() -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load((FOLDER / "annex3.yaml").read_text(encoding="utf-8"))
    return data


@pytest.mark.rule("S003-F1")
def test_has_the_documents_columns_by_group() -> None:
    form = load("annex3")
    assert [(group.title, len(group.leaves)) for group in form.groups] == [
        ("实名制管理", 4),
        ("技能扶贫", 8),
        ("转移就业扶贫", 6),
        ("就地就近就业创业", 2),
        ("稳定就业", 4),
    ]
    assert len({leaf.indicator for leaf in form.leaves}) == 24


@pytest.mark.rule("S003-D3")
def test_all_but_the_period_end_stocks_are_counted_since_january() -> None:
    leaves = load("annex3").leaves
    assert [leaf.title for leaf in leaves if leaf.kind is Kind.STOCK] == STOCKS
    assert all(leaf.kind is Kind.FLOW for leaf in leaves if leaf.unit is Unit.FEN)


@pytest.mark.rule("S003-S4", "S003-S5")
def test_subsidies_with_a_column_of_their_own() -> None:
    leaves = {leaf.indicator: leaf for leaf in load("annex3").leaves}
    assert leaves["survey_subsidy_paid"].title == "信息采集补贴"
    assert leaves["technical_school_people"].title == "在校学生"
    assert leaves["technical_school_paid"].title == "学费补助"


def test_each_column_is_an_indicator_of_the_catalogue_with_its_kind_and_unit() -> None:
    columns = {leaf.indicator: (leaf.kind, leaf.unit) for leaf in load("annex3").leaves}
    assert {code: (each.kind, each.unit) for code, each in catalogue().items() if code in columns} == columns


@pytest.mark.rule("S003-D2", "S003-D2x")
@pytest.mark.parametrize(
    ("year", "quarter", "last", "due"),
    [
        (2018, 1, date(2018, 3, 31), date(2018, 4, 5)),
        (2018, 2, date(2018, 6, 30), date(2018, 7, 5)),
        (2018, 3, date(2018, 9, 30), date(2018, 10, 5)),  # within a holiday: no shift
        (2018, 4, date(2018, 12, 31), date(2019, 1, 5)),
    ],
)
def test_the_form_is_due_on_the_fifth_day_after_the_quarter(year: int, quarter: int, last: date, due: date) -> None:
    assert quarter_end(year, quarter) == last
    assert load("annex3").due.of_quarter(year, quarter) == due


def test_money_columns_are_those_that_name_a_payment() -> None:
    paid = [leaf for leaf in load("annex3").leaves if leaf.unit is Unit.FEN]
    assert all(leaf.indicator.endswith("_paid") and leaf.title[-2:] in ("补贴", "补助") for leaf in paid)
    assert len(paid) == 10


@pytest.mark.parametrize(
    ("level", "persons", "money"),
    [
        (Level.PROVINCE, "万人", "万元"),
        (Level.CITY, "万人", "万元"),
        (Level.COUNTY, "万人", "万元"),
        (Level.TOWNSHIP, "人", "元"),
        (Level.VILLAGE, "人", "元"),
    ],
)
def test_printed_units_by_level(level: Level, persons: str, money: str) -> None:
    form = load("annex3")
    assert (form.printed(level, Unit.PERSONS), form.printed(level, Unit.FEN)) == (persons, money)


def test_header_spans_cover_the_table_once() -> None:
    form = load("annex3")
    cells = header_cells(form.groups)
    covered = [
        (row, column)
        for cell in cells
        for row in range(cell.top, cell.top + cell.height)
        for column in range(cell.left, cell.left + cell.width)
    ]
    assert sorted(covered) == [(row, column) for row in range(3) for column in range(24)]
    assert Cell("技工教育", 1, 10, 1, 2) in cells
    assert Cell("实名人数", 1, 0, 2, 1) in cells  # a leaf of the second row reaches down to the third


def test_wide_leaves_scale_their_groups() -> None:
    assert header_cells(load("annex3").bands[3], leaf_width=4)[:3] == [
        Cell("就地就近就业创业", 0, 0, 1, 8),
        Cell("就业", 1, 0, 1, 4),
        Cell("创业", 1, 4, 1, 4),
    ]


def _lose_a_column(data: dict[str, Any]) -> None:
    del data["bands"][0][0]["columns"][3]


def _repeat_an_indicator(data: dict[str, Any]) -> None:
    data["bands"][0][0]["columns"][3]["indicator"] = "registered_people"


def _forget_a_level(data: dict[str, Any]) -> None:
    data["scales"][1]["levels"].remove("village")


def _name_a_level_twice(data: dict[str, Any]) -> None:
    data["scales"][1]["levels"].append("county")


def _print_money_in_persons(data: dict[str, Any]) -> None:
    data["scales"][0]["fen"] = "万人"


def _misspell_a_key(data: dict[str, Any]) -> None:
    data["bands"][0][0]["columns"][0]["units"] = "persons"


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (_lose_a_column, "23 columns hold figures, the document has 24"),
        (_repeat_an_indicator, "an indicator stands in two columns"),
        (_forget_a_level, "scales must name each level once"),
        (_name_a_level_twice, "scales must name each level once"),
        (_print_money_in_persons, "must count persons"),
        (_misspell_a_key, "Extra inputs are not permitted"),
    ],
)
def test_data_that_does_not_hold_is_refused(spoil: Any, message: str) -> None:
    data = raw()
    spoil(data)
    with pytest.raises(ValidationError, match=message):
        Form.model_validate(data)
