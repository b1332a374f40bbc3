"""Annex 3 through the API: each cell at five levels against a plain recount, who may see it, and its workbook."""

from decimal import Decimal
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from openpyxl import load_workbook
from sqlalchemy import event as sa_event
from sqlalchemy.engine import Engine

from services.reporting.forms.model import load
from services.reporting.forms.workbook import SUMMARY
from shared.money import parse_yuan
from shared.regions import level, parent
from tests.factories import registry as registry_factory
from tests.factories import reporting as make
from tests.fixtures import tokens
from tests.fixtures.platform import ServiceUnderTest
from tests.reporting.conftest import Tell
from tests.reporting.projections.test_service import some_events
from tests.reporting.recount import MONEY, Recount

pytestmark = pytest.mark.anyio

FORM = load("annex3")
URL = "/reporting/v1/forms/annex3"
NAMES = {division.code: division.name for division in registry_factory.DIVISIONS}
MILE: dict[str, Any] = {"region": "532504", "year": 2018, "quarter": 2}
LEVELS = ("532504100201", "532504100", "532504", "5325", "53")


async def ask(reporting: ServiceUnderTest, token: str, path: str = URL, **query: Any) -> Any:
    async with reporting.client(token) as client:
        return await client.get(path, params=MILE | query)


def fen_or_persons(value: int | str) -> int:
    return parse_yuan(value) if isinstance(value, str) else value


@pytest.mark.rule("S003-F1", "S003-D3")
async def test_each_cell_at_each_level_equals_a_plain_recount(reported: ServiceUnderTest, tell: Tell) -> None:
    events = some_events(seed=5, people=20)
    await tell(*events)
    plain = Recount(events)
    for region in LEVELS:
        for quarter, month in ((1, 3), (2, 6)):
            answer = await ask(reported, tokens.officer(region), region=region, quarter=quarter)
            assert answer.status_code == 200, answer.text
            compare(answer.json(), plain, region, month)


def compare(document: dict[str, Any], plain: Recount, region: str, month: int) -> None:
    """Each row's cells, and that no place directly below is missing."""
    assert document["region_name"] == NAMES[region]
    assert document["level"] == level(region).value
    rows = {row["region"]: row for row in document["rows"]}
    directly = {code for code in NAMES if parent(code) == region}
    assert document["rows"][0]["region"] == region
    assert set(rows) - {region} <= directly
    for code, row in rows.items():
        assert row["region_name"] == NAMES[code]
        for leaf in FORM.leaves:
            found = row["values"][leaf.indicator]
            assert isinstance(found, str) == (leaf.indicator in MONEY)
            assert fen_or_persons(found) == plain.cell(leaf.indicator, code, 2018, month), (code, leaf.indicator)
    for code in directly - set(rows):
        assert not any(plain.cell(leaf.indicator, code, 2018, month) for leaf in FORM.leaves)


async def test_the_employed_and_the_others_add_up_to_the_registered(reported: ServiceUnderTest, tell: Tell) -> None:
    await tell(*some_events(seed=6, people=15))
    for row in (await ask(reported, tokens.officer("53"), region="53")).json()["rows"]:
        values = row["values"]
        assert values["registered_people"] == values["unemployed_people"] + values["employed_people"] > 0


async def test_the_future_of_the_period_is_not_counted(reported: ServiceUnderTest, tell: Tell) -> None:
    await tell(
        make.person(UUID(int=1), "2018-02-10"),
        make.spell(UUID(int=11), UUID(int=1), "2018-05-05"),
        make.payment(UUID(int=31), "2018-06-20"),
    )
    first = (await ask(reported, tokens.officer("532504"), quarter=1)).json()["rows"][0]["values"]
    second = (await ask(reported, tokens.officer("532504"), quarter=2)).json()["rows"][0]["values"]
    columns = ("registered_people", "employed_people", "outside_province_people", "outside_province_service_paid")
    assert [first[column] for column in columns] == [1, 0, 0, "0.00"]
    assert [second[column] for column in columns] == [1, 1, 1, "300.00"]


@pytest.mark.rule("S003-D2", "S003-D2x")
async def test_the_deadline_is_shown_with_its_source(reported: ServiceUnderTest) -> None:
    due = (await ask(reported, tokens.officer("532504"))).json()["due"]
    assert (due["on"], due["article"], due["rules"]) == ("2018-07-05", "附件3", ["S003-D2", "S003-D2x"])
    assert due["quote"] == "本表于季末后5日前报省人社厅就业促进处"


async def test_neighbours_and_look_alikes_are_invisible(reported: ServiceUnderTest) -> None:
    county = tokens.officer("532504")
    for region, status in (
        ("532503", 404), ("5325", 404), ("53", 404), ("31", 404), ("532503001001", 404), ("532599", 404),
        ("5325041", 422), ("53250410", 422), ("532504%", 422), ("", 422),
    ):  # fmt: skip
        answer = await ask(reported, county, region=region)
        assert answer.status_code == status, (region, answer.text)
        assert answer.headers["content-type"] == "application/problem+json"
        workbook = await ask(reported, county, f"{URL}.xlsx", region=region)
        assert workbook.status_code == status
    assert (await ask(reported, tokens.officer("532504100201"), region="532504100202")).status_code == 404
    assert (await ask(reported, county, region="532504888")).status_code == 404, "below one's own, but no such place"


async def test_only_reporters_and_reviewers_read_forms(reported: ServiceUnderTest) -> None:
    assert (await ask(reported, tokens.officer("532504", "registrar", "finance"))).status_code == 403
    assert (await ask(reported, tokens.officer("532504", "reporter"))).status_code == 200
    assert (await ask(reported, tokens.officer("532504", "reviewer"))).status_code == 200
    assert (await ask(reported, tokens.officer("532504", scope="registry:read"))).status_code == 403
    assert (await ask(reported, tokens.organisation(UUID(int=5)))).status_code == 403
    async with reported.client() as client:
        assert (await client.get(URL)).status_code == 401


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"quarter": 3}, "/query/quarter"),
        ({"year": 2019, "quarter": 1}, "/query/year"),
        ({"quarter": 5}, "/query/quarter"),
        ({"quarter": 0}, "/query/quarter"),
        ({"year": 18}, "/query/year"),
        ({"month": 6}, "/query/month"),
    ],
)
async def test_a_period_that_has_not_begun_or_does_not_exist_is_refused(
    reported: ServiceUnderTest, query: dict[str, Any], pointer: str
) -> None:
    answer = await ask(reported, tokens.officer("532504"), **query)
    assert answer.status_code == 422
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]


async def test_the_etag_follows_the_figures(reported: ServiceUnderTest, tell: Tell) -> None:
    await tell(make.person(UUID(int=1), "2018-02-10"))
    token = tokens.officer("532504")
    etags = {path: (await ask(reported, token, path)).headers["ETag"] for path in (URL, f"{URL}.xlsx")}
    await tell(make.person(UUID(int=2), "2018-02-10", village=make.OTHER_COUNTY))  # not theirs: nothing changes
    async with reported.client(token) as client:
        for path, etag in etags.items():
            answer = await client.get(path, params=MILE, headers={"If-None-Match": f'"x", {etag}'})
            assert (answer.status_code, answer.content, answer.headers["ETag"]) == (304, b"", etag)
        await tell(make.person(UUID(int=3), "2018-02-10"))
        for path, etag in etags.items():
            answer = await client.get(path, params=MILE, headers={"If-None-Match": etag})
            assert answer.status_code == 200
            assert answer.headers["ETag"] != etag


async def test_the_stand_of_the_data_is_told(reported: ServiceUnderTest, tell: Tell) -> None:
    await tell(make.person(UUID(int=1), "2018-02-10"))
    before = (await ask(reported, tokens.officer("532504"))).json()["freshness"]
    assert set(before) == {"registry", "jobs", "subsidy"}
    await tell(make.payment(UUID(int=31), "2018-04-17"))
    after = (await ask(reported, tokens.officer("532504"))).json()["freshness"]
    assert after["subsidy"] > before["subsidy"]
    assert after["registry"] == before["registry"]


async def test_one_query_whatever_the_size(reported: ServiceUnderTest, tell: Tell) -> None:
    statements: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "increment" in statement or "feed_cursor" in statement:
            statements.append(statement)

    await tell(*some_events(seed=7, people=6))
    sa_event.listen(Engine, "before_cursor_execute", note)
    try:
        for region in LEVELS:
            statements.clear()
            assert (await ask(reported, tokens.officer("53"), region=region)).status_code == 200
            assert len(statements) == 1, region
    finally:
        sa_event.remove(Engine, "before_cursor_execute", note)


async def test_names_are_asked_for_once(
    reported: ServiceUnderTest, tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []
    client = reported.runtime.clients["registry"]
    request = client.request

    async def counted(method: str, path: str, **options: Any) -> Any:
        asked.append(options["json"]["codes"])
        return await request(method, path, **options)

    await tell(make.person(UUID(int=1), "2018-02-10"))
    monkeypatch.setattr(client, "request", counted)
    for region in ("532504", "532504", "532504100"):
        assert (await ask(reported, tokens.officer("532504"), region=region)).status_code == 200
    assert asked == [["532504", "532504100"], ["532504100201"]]


@pytest.mark.rule("S003-F1")
async def test_the_workbook_says_what_the_json_says(reported: ServiceUnderTest, tell: Tell) -> None:
    await tell(*some_events(seed=8, people=20))
    for region in LEVELS:
        await compare_workbook(reported, region)


async def compare_workbook(reported: ServiceUnderTest, region: str) -> None:
    token = tokens.officer(region)
    document = (await ask(reported, token, region=region)).json()
    answer = await ask(reported, token, f"{URL}.xlsx", region=region)
    assert answer.headers["content-type"].startswith("application/vnd.openxmlformats")
    book = load_workbook(BytesIO(answer.content))
    rows = document["rows"]
    assert book.sheetnames == ([FORM.label, SUMMARY] if len(rows) > 1 else [FORM.label])
    own = [cell.value for line in book[FORM.label].iter_rows() for cell in line if isinstance(cell.value, int | float)]
    assert [Decimal(str(value)) for value in own] == printed(rows[0], region)
    if len(rows) > 1:
        for line, row in enumerate(rows, start=8):
            cells = [book[SUMMARY].cell(line, column).value for column in range(1, 26)]
            assert cells[0] == row["region_name"]
            assert [Decimal(str(value)) for value in cells[1:]] == printed(row, region)


def printed(row: dict[str, Any], region: str) -> list[Decimal]:
    """The row in the units of the region's sheet: 万人, 万元 from the county up, 人, 元 below."""
    large = len(region) <= 6
    shown = []
    for leaf in FORM.leaves:
        value = row["values"][leaf.indicator]
        if leaf.indicator in MONEY:
            in_unit = Decimal(value) / 10_000 if large else Decimal(value)
            shown.append(in_unit.quantize(Decimal("0.0001"), "ROUND_HALF_UP") if large else in_unit)
        else:
            shown.append(Decimal(value) / 10_000 if large else Decimal(value))
    return shown


async def test_signatures_come_in_the_body_and_stand_below_the_table(reported: ServiceUnderTest) -> None:
    signed = {"filled_by": "填表员", "reviewed_by": "审核员", "phone": "0873-1234567"}
    async with reported.client(tokens.officer("532504")) as client:
        answer = await client.post(f"{URL}.xlsx", params=MILE, json=signed)
    assert answer.status_code == 200, answer.text
    sheet = load_workbook(BytesIO(answer.content))[FORM.label]
    texts = {cell.value for line in sheet.iter_rows() for cell in line}
    assert {"填表人：填表员", "审核人：审核员", "联系电话：0873-1234567"} <= texts
