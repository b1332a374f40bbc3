"""The sample of people: plausible where it is good, wrong exactly where its manifest says so."""

import json
import re
from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path

import openpyxl
import pytest

from cli.samples.faults import EACH, Fault, Oddity
from cli.samples.form import COLUMNS, FIRST_ROW, Row
from cli.samples.names import DOT, ETHNICITIES
from cli.samples.people import ABLE, AS_OF, Sample, people, villages, write

MALE_RELATIONS = {"之子", "之女婿", "之父", "之孙子", "之外孙子"}
FEMALE_RELATIONS = {"之女", "之儿媳", "之母", "之孙女", "之外孙女"}


@cache
def sample() -> Sample:
    return people()


@cache
def good() -> list[Row]:
    """The rows without fault or oddity."""
    marked = {flaw.row for flaw in (*sample().bad, *sample().odd)}
    return [row for number, row in enumerate(sample().rows, FIRST_ROW) if number not in marked]


def birth(row: Row) -> date:
    number = str(row.id_number)
    return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))


def age(row: Row) -> float:
    return (AS_OF - birth(row)).days / 365.2425


def checks(number: str) -> bool:
    """GB 11643 put the other way round than the maker has it: the weighted sum of all eighteen leaves 1 by 11."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2, 1)
    values = [10 if character == "X" else int(character) for character in number]
    return sum(weight * value for weight, value in zip(weights, values, strict=True)) % 11 == 1


def rows_with(kind: Fault | Oddity) -> list[tuple[int, Row]]:
    flaws = (*sample().bad, *sample().odd)
    return [(flaw.row, sample().rows[flaw.row - FIRST_ROW]) for flaw in flaws if flaw.kind is kind]


def test_the_files_are_the_same_byte_for_byte(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        write(tmp_path / name / "people.xlsx", people(count=300))

    for file in ("people.xlsx", "manifest.json"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()
    assert people(seed=1, count=300).rows != people(seed=2, count=300).rows


@pytest.mark.parametrize("count", [250, 333, 2000])
def test_there_are_as_many_people_as_asked_for(count: int) -> None:
    made = people(count=count)
    sizes = Counter(row.household for row in made.rows)

    assert len(made.rows) == count
    assert set(sizes.values()) <= {2, 3, 4, 5, 6}


def test_good_identity_numbers_are_valid_and_unique() -> None:
    numbers = [str(row.id_number) for row in good()]

    assert all(re.fullmatch(r"532504[0-9]{11}[0-9X]", number) and checks(number) for number in numbers)
    assert len(set(numbers)) == len(numbers)
    assert all((int(number[16]) % 2 == 1) == (row.sex == "男") for number, row in zip(numbers, good(), strict=True))
    assert all(date(1927, 6, 28) < birth(row) <= date(2002, 6, 28) for row in good())  # 16 to 90 years old


def test_households_hold_together() -> None:
    homes: dict[str, list[Row]] = {}
    for row in good():
        homes.setdefault(row.household, []).append(row)

    for home in homes.values():
        (head,) = [row for row in home if row.relation == "户主"]
        assert len({(row.village, row.category) for row in home}) == 1
        for row in home:
            assert row.relation not in MALE_RELATIONS or row.sex == "男"
            assert row.relation not in FEMALE_RELATIONS or row.sex == "女"
            assert row.relation != "配偶" or row.sex != head.sex
            assert row.relation not in {"之子", "之女"} or age(head) - age(row) > 19
            assert row.relation not in {"之父", "之母"} or age(row) - age(head) > 19
            assert row.relation not in {"之孙子", "之孙女", "之外孙子", "之外孙女"} or age(head) - age(row) > 38


def test_people_live_in_the_real_villages_of_the_county() -> None:
    lived_in = Counter(row.village for row in good())

    assert set(lived_in) == set(villages())
    assert len(lived_in) == 144  # 145 less one unit that merely resembles a village, 东风农场生活区
    assert max(lived_in.values()) < 40


def test_the_proportions_are_plausible() -> None:
    total = len(good())
    share = {ethnicity: count / total for ethnicity, count in Counter(row.ethnicity for row in good()).items()}
    poor = sum(row.category == "建档立卡贫困户" for row in good()) / total
    employed = sum(row.employed == "是" for row in good()) / total

    assert set(share) == set(ETHNICITIES)
    assert 0.45 < share["汉族"] < 0.63
    assert 0.25 < share["彝族"] < 0.40
    assert 0.5 < poor < 0.75
    assert 0.35 < employed < 0.6
    assert 0.45 < sum(row.sex == "男" for row in good()) / total < 0.58


def test_some_names_are_long_and_dotted_and_none_has_another_dot() -> None:
    dotted = [row.name for row in good() if DOT in row.name]

    assert len(dotted) > 50
    assert max(len(name) for name in dotted) >= 10
    assert all(re.fullmatch(r"[\u4e00-\u9fff]+(?:·[\u4e00-\u9fff]+)*", row.name) for row in good())


def test_there_are_people_to_be_sent_to_work_outside_the_county() -> None:
    candidates = [
        row
        for row in good()
        if row.employed == "否"
        and row.labor_capacity in ABLE
        and row.intent == "县外"
        and row.category == "建档立卡贫困户"
        and 16 <= age(row) < 60
    ]

    assert len(candidates) >= 150


def test_the_employed_say_where_and_since_when_and_the_others_what_they_want() -> None:
    for row in good():
        where = (row.work_place, row.employer, row.employed_since)
        if row.employed == "是":
            assert all(where)
            assert (row.intent, row.needs) == ("", "")
            since = date.fromisoformat(
                row.employed_since if len(row.employed_since) == 10 else row.employed_since + "-01"
            )
            assert birth(row).replace(day=1, year=birth(row).year + 16) < since < AS_OF
        else:
            assert not any(where)
            assert bool(row.intent) == bool(row.needs) == (row.labor_capacity in ABLE)


def test_phones_are_of_the_made_up_block() -> None:
    assert all(re.fullmatch(r"(?:1990000[0-9]{4})?", row.phone) for row in good())
    assert 0.02 < sum(not row.phone for row in good()) / len(good()) < 0.12


def test_each_fault_and_oddity_is_there_three_times() -> None:
    assert Counter(flaw.kind for flaw in sample().bad) == dict.fromkeys(Fault, EACH)
    assert Counter(flaw.kind for flaw in sample().odd) == dict.fromkeys(Oddity, EACH)
    assert len(sample().bad) == 30
    assert len({flaw.row for flaw in (*sample().bad, *sample().odd)}) == 33


def test_wrong_identity_numbers_are_wrong_in_the_way_they_say() -> None:
    before: dict[str, int] = {}
    for number, row in enumerate(sample().rows, FIRST_ROW):
        before.setdefault(str(row.id_number), number)

    for _, row in rows_with(Fault.CHECK_DIGIT):
        assert not checks(str(row.id_number))
        assert birth(row) < AS_OF
    for _, row in rows_with(Fault.BIRTH_DATE):
        assert checks(str(row.id_number))
        assert str(row.id_number)[10:14] == "0231"
    for _, row in rows_with(Fault.FIFTEEN_DIGITS):
        assert re.fullmatch("532504[0-9]{9}", str(row.id_number))
    for number, row in rows_with(Fault.DUPLICATE_ID):
        assert before[str(row.id_number)] < number
    for _, row in rows_with(Oddity.SEX_MISMATCH):
        assert checks(str(row.id_number))
        assert (int(str(row.id_number)[16]) % 2 == 1) == (row.sex == "女")


def test_the_other_faults_are_what_they_say() -> None:
    real = set(villages())

    assert all(row.village not in real for _, row in rows_with(Fault.UNKNOWN_VILLAGE))
    assert all(row.ethnicity not in ETHNICITIES for _, row in rows_with(Fault.UNKNOWN_ETHNICITY))
    assert all(not row.name for _, row in rows_with(Fault.MISSING_NAME))
    assert all(row.employed_since > AS_OF.isoformat() for _, row in rows_with(Fault.FUTURE_EMPLOYMENT))
    assert all(row.employed == "是" and not row.work_place for _, row in rows_with(Fault.EMPLOYED_WITHOUT_PLACE))


def test_the_workbook_has_the_form_and_the_manifest_its_rows(tmp_path: Path) -> None:
    made = people(count=300)
    write(tmp_path / "people.xlsx", made)
    sheet = openpyxl.load_workbook(tmp_path / "people.xlsx").worksheets[0]
    manifest = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))

    assert sheet["A1"].value == "云南省农村贫困劳动力就业信息表"
    assert sheet["K2"].value == "已就业人员就业信息"
    captions = [sheet.cell(3 if 11 <= column <= 13 else 2, column).value for column in range(1, 20)]
    assert captions == [caption for caption, _ in COLUMNS]
    assert {"A1:S1", "A2:A3", "K2:M2", "N2:N3", "S2:S3"} <= {str(merged) for merged in sheet.merged_cells.ranges}
    assert sheet.max_row == FIRST_ROW + 300 - 1
    for number, row in enumerate(made.rows, FIRST_ROW):
        cells = [cell.value for cell in sheet[number]]
        assert cells == [value if value != "" else None for value in row]
    numeric = {flaw["row"] for flaw in manifest["bad"] if flaw["kind"] == "numeric_id"}
    assert {cell.row for cell in sheet["C"] if isinstance(cell.value, int | float)} == numeric
    assert manifest["rows"] == 300
    assert [(flaw["row"], flaw["kind"]) for flaw in manifest["bad"]] == made.bad


def test_a_sample_too_small_to_spoil_is_refused() -> None:
    with pytest.raises(ValueError, match="too few people"):
        people(count=12)
