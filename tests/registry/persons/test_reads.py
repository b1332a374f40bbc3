"""A read on asyncpg itself: the caller's scope, nothing written, and no connection left in a transaction."""

import asyncio

import pytest
from sqlalchemy import bindparam, func, literal_column, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import Integer

from services.registry.persons.queries import PERSON
from shared.database import Scope, scoped
from shared.reads import Read
from tests.factories.registry_steps import HOME, register
from tests.fixtures.platform import ServiceUnderTest

pytestmark = pytest.mark.anyio

PEOPLE = Read(select(PERSON.c.id))
QUOTIENT = Read(select(literal_column("60", Integer) // bindparam("by", type_=Integer)))
SLEEP = Read(select(func.pg_sleep(literal_column("5"))))
LOCK = Read(select(PERSON.c.id).with_for_update())


@pytest.mark.usefixtures("divisions")
async def test_a_read_sees_what_the_scope_shows_and_without_one_nothing(registry: ServiceUnderTest) -> None:
    await register(registry)
    database = registry.runtime.database
    assert await database.read(PEOPLE) == []
    for region, count in ((HOME, 1), ("532504", 1), ("532503", 0)):
        with scoped(Scope(region=region)):
            assert len(await database.read(PEOPLE)) == count, region
    assert await database.read(PEOPLE) == []


async def test_a_read_neither_writes_nor_locks(registry: ServiceUnderTest) -> None:
    with pytest.raises(DBAPIError, match="read-only"):
        await registry.runtime.database.read(LOCK)


async def test_after_an_error_or_a_caller_who_left_every_connection_is_free_and_outside_a_transaction(
    registry: ServiceUnderTest,
) -> None:
    database = registry.runtime.database
    for _ in range(20):  # more often than the pool has connections
        with pytest.raises(DBAPIError, match="division by zero"):
            await database.read(QUOTIENT, by=0)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(database.read(SLEEP), 0.01)
    assert (await database.read(QUOTIENT, by=2))[0][0] == 30
    async with database.session() as session:
        waiting = await session.scalar(
            text("SELECT count(*) FROM pg_stat_activity WHERE usename = current_user AND state LIKE 'idle in%'")
        )
    assert waiting == 0
