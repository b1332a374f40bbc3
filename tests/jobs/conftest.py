"""All tests of jobs run at one business time."""

from collections.abc import Iterator

import pytest

from shared import clock
from tests.factories.jobs import NOON


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    clock.hold(NOON)
    yield
    clock.hold(None)
