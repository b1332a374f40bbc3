"""The projection of the registry's feed: any order, any repetition, moves and removals."""

from itertools import permutations
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from services.jobs.people.models import Person
from services.jobs.people.source import reset
from shared import ids
from shared.database import Scope, scoped
from tests.factories.jobs import person, person_data, spell_data, told
from tests.fixtures import tokens
from tests.fixtures.platform import ServiceUnderTest

pytestmark = pytest.mark.anyio

OTHER_COUNTY = "532503100201"


async def known(jobs: ServiceUnderTest, scope: Scope | None = None) -> list[tuple[str, int, str]]:
    if scope is None:
        async with jobs.runtime.database.system_session() as session:
            rows = list(await session.scalars(select(Person)))
    else:
        with scoped(scope):
            async with jobs.runtime.database.session() as session:
                rows = list(await session.scalars(select(Person)))
    return [(row.region, row.version, row.status) for row in rows]


async def test_in_any_order_the_newest_version_stays(jobs: ServiceUnderTest) -> None:
    versions = [
        person_data(version=1),
        person_data(OTHER_COUNTY, version=2, status="employed"),
        person_data(version=3, status="unwilling"),
    ]
    for order in permutations(versions):
        subject = ids.new_id()
        events: list[tuple[str, UUID, dict[str, Any]]] = [("registry.person", subject, data) for data in order]
        await told(jobs, *events, *events)
        assert await known(jobs) == [(tokens.VILLAGE, 3, "unwilling")]
        async with jobs.runtime.database.system_session() as session:
            await reset(session)


async def test_who_was_removed_does_not_come_back(jobs: ServiceUnderTest) -> None:
    subject = ids.new_id()
    removed = person_data(version=3) | {"after": None}
    await told(
        jobs,
        ("registry.person", subject, person_data(version=1)),
        ("registry.person", subject, removed),
        ("registry.person", subject, person_data(version=2)),
    )
    assert await known(jobs) == []
    await told(jobs, ("registry.person", subject, person_data(version=4)))
    assert await known(jobs) == [(tokens.VILLAGE, 4, "unemployed")]


async def test_row_security_shows_a_region_its_own_people(jobs: ServiceUnderTest) -> None:
    await person(jobs)
    await person(jobs, "532504100202")
    await person(jobs, OTHER_COUNTY)
    assert len(await known(jobs, Scope(region="53"))) == 3
    assert len(await known(jobs, Scope(region=tokens.COUNTY))) == 2
    assert len(await known(jobs, Scope(region=tokens.VILLAGE))) == 1
    assert await known(jobs, Scope(org=ids.new_id())) == []
    assert await known(jobs, Scope()) == []


async def test_an_ill_formed_event_is_refused(jobs: ServiceUnderTest) -> None:
    broken = person_data() | {"county_code": "532503"}
    with pytest.raises(Exception, match="ck_person_projection_county"):
        await told(jobs, ("registry.person", ids.new_id(), broken))
    with pytest.raises(ValueError, match="person_id"):
        await told(jobs, ("registry.spell", ids.new_id(), spell_data(ids.new_id()) | {"after": {}}))
