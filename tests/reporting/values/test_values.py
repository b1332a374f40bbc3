"""Single figures and the catalogue through the API."""

from typing import Any
from uuid import UUID

import pytest

from services.reporting.forms.model import load
from tests.factories import reporting as make
from tests.fixtures import tokens
from tests.fixtures.platform import ServiceUnderTest
from tests.reporting.conftest import Tell

pytestmark = pytest.mark.anyio


async def ask(reporting: ServiceUnderTest, token: str, **query: str) -> Any:
    async with reporting.client(token) as client:
        wanted = {"indicator": "registered_people", "region": "532504", "month": "2018-06"} | query
        return await client.get("/reporting/v1/values", params=wanted)


async def test_the_catalogue_has_every_column_of_annex_3_with_its_source(reporting: ServiceUnderTest) -> None:
    async with reporting.client(tokens.officer("532504", "registrar")) as client:
        answer = await client.get("/reporting/v1/indicators")
        assert (await client.get("/reporting/v1/indicators", params={"code": "x"})).status_code == 422
    items = {each["code"]: each for each in answer.json()["items"]}
    assert {leaf.indicator for leaf in load("annex3").leaves} <= set(items)
    for each in items.values():
        assert each["document"] == "003_yunnan-2017-100-opinions.txt"
        assert each["population"] == ([] if each["unit"] == "fen" else ["poverty_alleviated"])
        assert "S003-F1" in each["rules"]


async def test_a_value_is_as_of_the_months_end(reported: ServiceUnderTest, tell: Tell) -> None:
    await tell(make.person(UUID(int=1), "2018-02-10"), make.payment(UUID(int=31), "2018-04-17"))
    officer = tokens.officer("532504")
    for month, people, money in (("2018-01", 0, "0.00"), ("2018-03", 1, "0.00"), ("2018-06", 1, "300.00")):
        assert (await ask(reported, officer, month=month)).json()["value"] == people
        found = (await ask(reported, officer, month=month, indicator="outside_province_service_paid")).json()
        assert (found["value"], found["unit"], found["kind"]) == (money, "fen", "flow")


async def test_what_is_not_there_or_not_ones_own_is_refused(reported: ServiceUnderTest) -> None:
    officer = tokens.officer("532504")
    for query, status in (
        ({"indicator": "no_such"}, 422),
        ({"month": "2018-07"}, 422),
        ({"month": "2018-13"}, 422),
        ({"month": "2018-6"}, 422),
        ({"region": "532503"}, 404),
        ({"region": "53250"}, 422),
        ({"year": "2018"}, 422),
    ):
        assert (await ask(reported, officer, **query)).status_code == status, query
    assert (await ask(reported, tokens.officer("532504", "registrar"))).status_code == 403
    assert (await ask(reported, tokens.service("jobs"))).status_code == 403
