"""What all tests of the registry start from."""

import pytest

from tests.factories import registry as make
from tests.fixtures.platform import ServiceUnderTest


@pytest.fixture
async def divisions(registry: ServiceUnderTest) -> None:
    """A few divisions; they stay for the tests that follow, as reference data do."""
    await make.divisions(registry.runtime.database)
