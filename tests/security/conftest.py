"""One season for all tests of a module: they look at it, and leave it as it is."""

from collections.abc import AsyncIterator

import pytest

from shared.crypto import Keyring
from tests.fixtures.platform import platform
from tests.fixtures.postgres import ServiceDatabases
from tests.fixtures.scenario import Season, play


@pytest.fixture(scope="module")
async def season(
    databases: ServiceDatabases, tmp_path_factory: pytest.TempPathFactory, keyring: Keyring
) -> AsyncIterator[Season]:
    async with platform(databases, tmp_path_factory.mktemp("files"), keyring) as services:
        yield await play(services)
    databases.empty()
