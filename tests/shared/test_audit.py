"""The audit chain finds every way in which a sealed entry can be tampered with."""

import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from shared import audit
from shared.database import Scope, scoped
from tests.fixtures import tokens
from tests.fixtures.platform import ServiceUnderTest
from tests.fixtures.postgres import ServiceDatabases

pytestmark = pytest.mark.anyio


@pytest.fixture
async def sealed(registry: ServiceUnderTest) -> ServiceUnderTest:
    """Six sealed entries."""
    for number in range(6):
        async with registry.runtime.database.session() as session:
            await audit.record(session, "registry:sample:make", None, number, number=number)
    await _seal(registry, 4)
    await _seal(registry, 2)
    return registry


async def _seal(service: ServiceUnderTest, entries: int) -> None:
    """Seal so many entries, waiting for other tests' transactions: the log follows the feed's rule."""
    async with asyncio.timeout(30):
        while entries:
            async with service.runtime.database.system_session() as session:
                entries -= await audit.seal(session, limit=entries)


async def _verify(service: ServiceUnderTest) -> audit.Finding | None:
    async with service.runtime.database.system_session() as session:
        return await audit.verify(session)


async def test_an_untouched_log_verifies(sealed: ServiceUnderTest) -> None:
    assert await _verify(sealed) is None


@pytest.mark.parametrize(
    ("tamper", "position"),
    [
        ("UPDATE audit_entry SET actor = 'somebody else' WHERE id = {third}", 3),
        ("UPDATE audit_entry SET at = at + interval '1 second' WHERE id = {third}", 3),
        ("DELETE FROM audit_entry WHERE id = {third}", 3),
        ("DELETE FROM audit_seal WHERE position = 3", 3),
        ("UPDATE audit_seal SET entry_id = -entry_id WHERE position = 3", 3),
        ("UPDATE audit_seal SET hash = sha256(hash) WHERE position = 3", 3),
    ],
)
async def test_tampering_is_found(
    sealed: ServiceUnderTest, databases: ServiceDatabases, tamper: str, position: int
) -> None:
    with databases.admin("registry") as admin:
        third = admin.execute("SELECT entry_id FROM audit_seal WHERE position = 3").fetchone()
        assert third is not None
        admin.execute(tamper.format(third=third[0]))
    finding = await _verify(sealed)
    assert finding is not None
    assert finding.position == position


@pytest.mark.parametrize("role", ["session", "system_session"])
@pytest.mark.parametrize(
    "statement", ["UPDATE audit_entry SET actor = ''", "DELETE FROM audit_entry", "DELETE FROM audit_seal"]
)
async def test_the_service_itself_cannot_change_its_log(sealed: ServiceUnderTest, role: str, statement: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        async with getattr(sealed.runtime.database, role)() as session:
            await session.execute(text(statement))


async def test_a_denial_is_recorded_though_the_request_is_refused(
    registry: ServiceUnderTest, databases: ServiceDatabases
) -> None:
    async with registry.client(tokens.organisation("00000000-0000-7000-8000-000000000001")) as client:
        assert (await client.get("/registry/v1/regions/53")).status_code == 403
    with databases.admin("registry") as admin:
        assert admin.execute("SELECT action, result FROM audit_entry").fetchall() == [
            ("registry:operation:deny", "denied")
        ]


async def test_a_scope_does_not_outlive_its_block(registry: ServiceUnderTest) -> None:
    async def region() -> str | None:
        async with registry.runtime.database.session() as session:
            seen: str | None = await session.scalar(text("SELECT nullif(current_setting('app.region', true), '')"))
            return seen

    assert await region() is None
    with scoped(Scope(region="532504")):
        assert await region() == "532504"
    assert await region() is None
    with pytest.raises(ValueError, match="region code"):
        Scope(region="53'; DROP TABLE person; --").statement()
