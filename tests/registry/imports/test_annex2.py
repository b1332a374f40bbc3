"""The reader of annex 2: rows given directly, and through a real workbook."""

import io
from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.registry.imports import layout
from services.registry.imports.annex2 import CellError, PersonRow, RefusedRow, iter_rows, parse_row
from services.registry.imports.layout import ColumnsMissing, ColumnsRepeated, HeaderNotFound, Layout, parse_header
from services.registry.persons.identity import check_digit
from shared.spreadsheet import Cell, Row, Writer, read_rows

TODAY = date(2018, 6, 28)
VILLAGE = "532504100201"
PLACES = {"云南省红河州弥勒市": "532504", "上海市松江区": "310117"}


def id_number(birth: str = "19850412", order: str = "002") -> str:
    first17 = "532504" + birth + order
    return first17 + check_digit(first17)


UNEMPLOYED: dict[str, Cell] = {
    layout.NAME: "普 美英",
    layout.SEX: "女",
    layout.ID_NUMBER: id_number(),
    layout.ETHNICITY: "彝族",
    layout.POLITICAL: "群众",
    layout.EDUCATION: "初中",
    layout.HEALTH: "健康",
    layout.LABOR: "弱劳动力或半劳动力",
    layout.PHONE: 13800001111.0,
    layout.EMPLOYED: "否",
    layout.PLACE: None,
    layout.EMPLOYER: None,
    layout.SINCE: None,
    layout.INTENT: "县外",
    layout.NEEDS: "技能培训、岗位推荐",
    layout.VILLAGE: VILLAGE,
    layout.HOUSEHOLD: "0012",
    layout.KINSHIP: "配偶",
    layout.CATEGORY: "脱贫户",
}
EMPLOYED = UNEMPLOYED | {
    layout.EMPLOYED: "是",
    layout.PLACE: "云南省红河州弥勒市",
    layout.EMPLOYER: "弥勒某食品厂",
    layout.SINCE: "2017年3月",
    layout.INTENT: None,
    layout.NEEDS: None,
}
GROUPED = {layout.PLACE, layout.EMPLOYER, layout.SINCE}

# The order of the person's columns with the household's behind them.
PLAIN = Layout({column: index for index, column in enumerate(layout.COLUMNS)}, (layout.COLUMNS,), 1)


def header_rows(columns: tuple[str, ...] = layout.COLUMNS) -> list[Row]:
    """The form's two header rows: the group's name over its first column, its columns in the second row."""
    upper: list[Cell] = [layout.TITLES.get(c, c) if c not in GROUPED else None for c in columns]
    if layout.PLACE in columns:
        upper[columns.index(layout.PLACE)] = layout.GROUP
    lower = [layout.TITLES.get(c, c) if c in GROUPED else None for c in columns]
    return [Row(1, ("附件2",)), Row(2, ("云南省农村贫困劳动力就业信息表",)), Row(3, tuple(upper)), Row(4, tuple(lower))]


def parse(
    cells: Mapping[str, Cell], changes: Mapping[str, Cell], default_village: str | None = None
) -> PersonRow | list[CellError]:
    row = Row(7, tuple({**cells, **changes}[column] for column in layout.COLUMNS))
    return parse_row(PLAIN, row, TODAY, default_village, PLACES.get)


def person(
    cells: Mapping[str, Cell], changes: Mapping[str, Cell] = MappingProxyType({}), default_village: str | None = None
) -> PersonRow:
    found = parse(cells, changes, default_village)
    assert isinstance(found, PersonRow), found
    return found


def errors(cells: Mapping[str, Cell], changes: Mapping[str, Cell]) -> set[tuple[str, str]]:
    found = parse(cells, changes)
    assert isinstance(found, list), found
    return {(error.column, error.code) for error in found}


def warnings(found: PersonRow) -> set[tuple[str, str]]:
    return {(warning.column, warning.code) for warning in found.warnings}


# --- header ---


@given(st.permutations(layout.COLUMNS))
def test_columns_are_found_in_any_order(columns: list[str]) -> None:
    found = parse_header(header_rows(tuple(columns)))
    assert found.columns == {column: index for index, column in enumerate(columns)}
    assert found.last_row == 4


def test_one_header_row_and_written_variants() -> None:
    variants = {layout.ID_NUMBER: "*身份证 号码", layout.PHONE: "联系\n电话", layout.PLACE: "就业地点（×省×市×县）"}
    texts = ("序号", *(variants.get(column, column) for column in layout.COLUMNS), "备注")
    found = parse_header([Row(1, texts), Row(2, ("1", "张三"))])
    assert found.last_row == 1
    assert found.columns[layout.NAME] == 1
    assert set(found.columns) == set(layout.COLUMNS)


def test_missing_columns_are_all_named() -> None:
    columns = tuple(c for c in layout.COLUMNS if c not in {layout.VILLAGE, layout.SEX, layout.EMPLOYER})
    with pytest.raises(ColumnsMissing) as missing:
        parse_header(header_rows(columns))
    assert missing.value.extra["columns"] == [layout.SEX, layout.EMPLOYER, layout.VILLAGE]
    assert "性别" in missing.value.detail.zh


def test_the_village_column_may_be_absent_when_the_caller_names_the_village() -> None:
    columns = tuple(c for c in layout.COLUMNS if c != layout.VILLAGE)
    with pytest.raises(ColumnsMissing):
        parse_header(header_rows(columns))
    assert layout.VILLAGE not in parse_header(header_rows(columns), default_village=VILLAGE).columns


def test_repeated_columns_and_no_header_at_all() -> None:
    with pytest.raises(ColumnsRepeated):
        parse_header(header_rows((*layout.COLUMNS, layout.SEX)))
    for rows in ([], [Row(1, ("a", "b"))], [Row(n, (None,)) for n in range(1, 30)]):
        with pytest.raises(HeaderNotFound):
            parse_header(rows)


# --- a person ---


def test_an_unemployed_person() -> None:
    found = person(UNEMPLOYED)
    assert (found.number, found.name, found.village, found.household) == (7, "普美英", VILLAGE, "0012")
    assert (found.identity.birth, found.sex) == (date(1985, 4, 12), "2")
    assert (found.ethnicity, found.political_status, found.education, found.health) == ("07", "13", "70", "1")
    assert (found.labor_capacity, found.words[layout.LABOR]) == ("weak", "弱劳动力或半劳动力")
    assert (found.kinship, found.category, found.base, found.monitoring) == (
        "10",
        "poverty_alleviated",
        "poverty_alleviated",
        None,
    )
    assert (found.phone, found.phone_whose) == ("13800001111", None)
    assert (found.employed, found.intent, found.service_needs) == (
        False,
        "outside_county",
        ("training", "job_referral"),
    )
    assert found.warnings == ()


def test_an_employed_person() -> None:
    found = person(EMPLOYED)
    assert found.employed
    assert (found.work_place, found.work_region, found.employer) == ("云南省红河州弥勒市", "532504", "弥勒某食品厂")
    assert (found.employed_since, found.since_month_only) == (date(2017, 3, 1), True)
    assert (found.intent, found.service_needs, found.warnings) == (None, (), ())


def test_self_in_the_relation_to_the_head_is_the_head() -> None:
    assert person(UNEMPLOYED, {layout.KINSHIP: "本人"}).kinship == "02"


def test_optional_cells_may_be_empty_or_struck_out() -> None:
    optional = [layout.ETHNICITY, layout.POLITICAL, layout.EDUCATION, layout.HEALTH, layout.LABOR, layout.PHONE]
    found = person(UNEMPLOYED, dict.fromkeys(optional, "/"))
    assert (found.ethnicity, found.phone, found.labor_capacity) == (None, None, None)


def test_a_village_not_written_is_the_callers() -> None:
    other = "532504100202"
    assert person(UNEMPLOYED, {layout.VILLAGE: None}, other).village == other
    assert person(UNEMPLOYED, default_village=other).village == VILLAGE


@pytest.mark.parametrize(
    ("written", "day", "month_only"),
    [
        ("2017-03", date(2017, 3, 1), True),
        ("2017-3", date(2017, 3, 1), True),
        ("2017-03-15", date(2017, 3, 15), False),
        ("2017年3月", date(2017, 3, 1), True),
        ("2017年3月15日", date(2017, 3, 15), False),
        ("2017.3", date(2017, 3, 1), True),
        ("2017.10", date(2017, 10, 1), True),
        ("２０１７．３", date(2017, 3, 1), True),
        ("2017/03/15", date(2017, 3, 15), False),
        (date(2017, 3, 15), date(2017, 3, 15), False),
        (datetime.fromisoformat("2017-03-15T08:00:00"), date(2017, 3, 15), False),
    ],
)
def test_dates_as_officers_write_them(written: Cell, day: date, month_only: bool) -> None:
    found = person(EMPLOYED, {layout.SINCE: written})
    assert (found.employed_since, found.since_month_only) == (day, month_only)


@given(st.dates(date(2000, 1, 1), TODAY), st.sampled_from(["%Y-%m-%d", "%Y年%m月%d日", "%Y.%m.%d", "%Y/%m/%d"]))
def test_any_day_in_any_way_of_writing(day: date, pattern: str) -> None:
    assert person(EMPLOYED, {layout.SINCE: day.strftime(pattern)}).employed_since == day


# --- what is wrong ---


@pytest.mark.parametrize(
    ("column", "written", "code"),
    [
        (layout.NAME, None, "missing"),
        (layout.NAME, "张3", "characters"),
        (layout.NAME, date(2017, 1, 1), "not_text"),
        (layout.SEX, "公", "unknown_word"),
        (layout.ID_NUMBER, None, "missing"),
        (layout.ID_NUMBER, 532504198504120016.0, "digits_lost"),
        (layout.ID_NUMBER, 532504850412001.0, "digits_lost"),
        (layout.ID_NUMBER, "5.32504E+17", "digits_lost"),
        (layout.ID_NUMBER, "532504850412001", "fifteen_digits"),
        (layout.ID_NUMBER, "53250419850412002" + "9", "check_digit"),
        (layout.ID_NUMBER, "532504198502300021", "birth"),
        (layout.ID_NUMBER, True, "not_text"),
        (layout.ID_NUMBER, 5.0, "digits_lost"),
        (layout.ETHNICITY, "火星", "unknown_word"),
        (layout.HEALTH, 7.0, "unknown_word"),
        (layout.PHONE, "1380", "phone"),
        (layout.EMPLOYED, None, "missing"),
        (layout.EMPLOYED, "也许", "unknown_word"),
        (layout.VILLAGE, None, "missing"),
        (layout.VILLAGE, "532504100", "village"),
        (layout.VILLAGE, "530004100201x", "village"),
        (layout.VILLAGE, "５３２５０４１００２０", "village"),
        (layout.HOUSEHOLD, None, "missing"),
        (layout.HOUSEHOLD, 1234567890123456.0, "digits_lost"),
        (layout.HOUSEHOLD, 1.5, "not_text"),
        (layout.HOUSEHOLD, "1" * 33, "too_long"),
        (layout.KINSHIP, None, "missing"),
        (layout.CATEGORY, "监测对象", "unknown_word"),
        (layout.PLACE, "甲" * 201, "too_long"),
        (layout.EMPLOYER, "a\x00b", "control_characters"),
        (layout.SINCE, "2017.13", "date"),
        (layout.SINCE, "去年", "date"),
        (layout.SINCE, 2017.1, "date"),
        (layout.SINCE, "2018-07", "future"),
        (layout.SINCE, "1999-03", "too_young"),
        (layout.PLACE, None, "missing"),
        (layout.EMPLOYER, " ", "missing"),
    ],
)
def test_what_is_wrong_is_named_at_its_column(column: str, written: Cell, code: str) -> None:
    assert errors(EMPLOYED, {column: written}) == {(column, code)}


def test_the_month_of_the_fourteenth_birthday_is_allowed() -> None:
    assert warnings(person(EMPLOYED, {layout.SINCE: "1999-04"})) == {(layout.SINCE, "child_labor")}
    assert errors(EMPLOYED, {layout.SINCE: "1999-04-11"}) == {(layout.SINCE, "too_young")}


def test_everything_wrong_is_said_at_once() -> None:
    wrong = {
        layout.NAME: None,
        layout.SEX: "公",
        layout.ID_NUMBER: 532504198504120016.0,
        layout.EDUCATION: "博士后",
        layout.PLACE: None,
        layout.SINCE: "2030-01",
        layout.KINSHIP: None,
    }
    assert {column for column, _ in errors(EMPLOYED, wrong)} == set(wrong)


def test_doubts_are_warnings_not_refusals() -> None:
    found = person(
        EMPLOYED,
        {
            layout.SEX: "男",
            layout.PLACE: "某地",
            layout.SINCE: None,
            layout.INTENT: "县内",
            layout.CATEGORY: "突发严重困难户",
        },
    )
    assert warnings(found) == {
        (layout.SEX, "sex_differs"),
        (layout.PLACE, "place_unknown"),
        (layout.SINCE, "missing"),
        (layout.INTENT, "ignored"),
        (layout.CATEGORY, "base_unstated"),
    }
    assert (found.work_place, found.work_region, found.intent) == ("某地", None, None)
    stated = person(EMPLOYED, {layout.CATEGORY: "突发严重困难户（脱贫户）"})
    assert (stated.base, stated.monitoring, stated.warnings) == ("poverty_alleviated", "sudden_hardship", ())


def test_needs_in_free_words_are_kept() -> None:
    found = person(UNEMPLOYED, {layout.NEEDS: "想学电焊，职业介绍"})
    assert found.service_needs == ("other", "job_referral")
    assert found.words[layout.NEEDS] == "想学电焊，职业介绍"
    assert warnings(found) == {(layout.NEEDS, "need_unknown")}


def test_messages_repeat_nothing_personal() -> None:
    planted = {
        layout.NAME: "张三丰9",
        layout.ID_NUMBER: "532504198504120029",
        layout.PHONE: "1380000",
        layout.SEX: "张三",
    }
    found = parse(UNEMPLOYED, planted)
    assert isinstance(found, list)
    said = " ".join(error.text.zh + error.text.en for error in found)
    assert len(found) == len(planted)
    assert not [value for value in planted.values() if value in said]


any_cell: st.SearchStrategy[Cell] = st.one_of(
    st.none(),
    st.text(max_size=40),
    st.floats(),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.sampled_from(["是", "否", "男", "突发严重困难户", "2017-03", "=1+1", "'=1", id_number(), VILLAGE]),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(any_cell, max_size=25), st.sampled_from([None, VILLAGE]))
def test_garbage_ends_in_errors_and_never_in_an_exception(cells: list[Cell], default_village: str | None) -> None:
    found = parse_row(PLAIN, Row(2, tuple(cells)), TODAY, default_village, PLACES.get)
    assert isinstance(found, PersonRow) or (found and all(isinstance(error, CellError) for error in found))


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(layout.COLUMNS), any_cell)
def test_one_strange_cell_is_blamed_alone(column: str, cell: Cell) -> None:
    found = parse(EMPLOYED, {column: cell})
    if isinstance(found, list):
        allowed = {column}
        if column == layout.EMPLOYED:
            allowed |= GROUPED
        if column == layout.ID_NUMBER:
            allowed.add(layout.SINCE)
        assert {error.column for error in found} <= allowed


# --- through a workbook ---


def test_a_workbook_is_read_row_by_row() -> None:
    target = io.BytesIO()
    with Writer(target) as writer:
        sheet = writer.sheet("附件2")
        wrong = UNEMPLOYED | {layout.ID_NUMBER: 532504198504120016.0}
        people = [tuple(cells[c] for c in layout.COLUMNS) for cells in (UNEMPLOYED, EMPLOYED, wrong)]
        lines = [*(row.cells for row in header_rows()), *people]
        for r, line in enumerate(lines):
            for c, cell in enumerate(line):
                writer.put(sheet, r, c, cell)
    with read_rows(target.getvalue()) as opened:
        found = iter_rows(opened, today=TODAY, default_village=None, place_lookup=PLACES.get)
        assert found.total_rows == 7
        first, second, third = found.rows
    assert isinstance(first, PersonRow)
    assert isinstance(second, PersonRow)
    assert (first.number, second.number) == (5, 6)
    assert isinstance(third, RefusedRow)
    assert third.row.number == 7
    assert [(e.column, e.code) for e in third.errors] == [(layout.ID_NUMBER, "digits_lost")]
