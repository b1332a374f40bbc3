"""Divisions through the API."""

from datetime import date

import pytest
from sqlalchemy import insert

from services.registry.regions.models import Division
from tests.fixtures import tokens
from tests.fixtures.platform import ServiceUnderTest

pytestmark = pytest.mark.anyio


async def test_a_division_is_found_by_its_code(registry: ServiceUnderTest) -> None:
    async with registry.runtime.database.system_session() as session:
        await session.execute(
            insert(Division).values(code="53", name="云南省", level="province", valid_from=date(2023, 1, 1))
        )
    async with registry.client(tokens.officer()) as client:
        answer = await client.get("/registry/v1/regions/53")
    assert answer.status_code == 200, answer.text
    assert answer.json()["name"] == "云南省"
    async with registry.client(tokens.officer()) as client:
        for path, status in (("11", 404), ("2113a", 422), ("21130", 422)):
            answer = await client.get(f"/registry/v1/regions/{path}")
            assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


async def test_without_a_token_nothing_is_read(registry: ServiceUnderTest) -> None:
    async with registry.client() as client:
        assert (await client.get("/registry/v1/regions/53")).status_code == 401
    async with registry.client(tokens.organisation("00000000-0000-7000-8000-000000000001")) as client:
        assert (await client.get("/registry/v1/regions/53")).status_code == 403
