"""Fixtures for all tests. The server is started once, by the controlling process; see tests/fixtures."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from gateway import trust
from shared.crypto import Keyring, init_keys
from tests.fixtures import postgres
from tests.fixtures.platform import Platform, ServiceUnderTest, platform
from tests.fixtures.postgres import ServiceDatabases

pytest_plugins = ["tests.plugins.rules"]

_resources = ExitStack()
_SERVER = pytest.StashKey[dict[str, Any]]()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Hand the controller's server to each of xdist's workers."""
    node.workerinput["server"] = json.dumps(_server(node.config))


def pytest_unconfigure() -> None:
    _resources.close()


def _server(config: pytest.Config) -> dict[str, Any]:
    """Started when first asked for, in the controller or in the only process."""
    if hasattr(config, "workerinput"):
        return dict(json.loads(config.workerinput["server"]))
    if _SERVER not in config.stash:
        admin_url = _resources.enter_context(postgres.server())
        config.stash[_SERVER] = {"admin_url": admin_url, "urls": postgres.make_roles(admin_url)}
    return config.stash[_SERVER]


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def databases(pytestconfig: pytest.Config, worker_id: str) -> Iterator[ServiceDatabases]:
    server = _server(pytestconfig)
    made = ServiceDatabases(server["admin_url"], server["urls"], worker_id)
    yield made
    made.drop()


@pytest.fixture(scope="session")
def keyring(tmp_path_factory: pytest.TempPathFactory) -> Keyring:
    path = tmp_path_factory.mktemp("keys") / "keys.json"
    init_keys(path)
    return Keyring.load(path)


@pytest.fixture
async def services(databases: ServiceDatabases, tmp_path: Path, keyring: Keyring) -> AsyncIterator[Platform]:
    """The four services; what the test committed is deleted afterwards."""
    async with platform(databases, tmp_path / "files", keyring) as made:
        yield made
    databases.empty()


@pytest.fixture
def registry(services: Platform) -> ServiceUnderTest:
    return services.service("registry")


@pytest.fixture
def jobs(services: Platform) -> ServiceUnderTest:
    return services.service("jobs")


@pytest.fixture
def subsidy(services: Platform) -> ServiceUnderTest:
    return services.service("subsidy")


@pytest.fixture
def reporting(services: Platform) -> ServiceUnderTest:
    return services.service("reporting")


@pytest.fixture
async def gateway(services: Platform) -> ServiceUnderTest:
    """The gateway's own application, trusting its own keys; `trust.refresh` is what its processes do every second."""
    made = services.service("gateway")
    await trust.refresh(made.runtime)
    return made
