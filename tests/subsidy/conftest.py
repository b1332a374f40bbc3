"""Every test of subsidy runs in June 2018, while the Yunnan document was in force, and ends with balanced books."""

from collections.abc import AsyncIterator, Iterator
from datetime import datetime

import pytest

from services.subsidy.funds.verify import verify
from shared import clock
from tests.factories.subsidy import Desk, Neighbours
from tests.fixtures.platform import ServiceUnderTest

NOW = datetime.fromisoformat("2018-06-28T09:00:00+08:00")


@pytest.fixture(autouse=True)
def _held() -> Iterator[None]:
    clock.hold(NOW)
    yield
    clock.hold(None)


@pytest.fixture
def neighbours(subsidy: ServiceUnderTest) -> Neighbours:
    made = Neighbours()
    made.serve(subsidy)
    return made


@pytest.fixture
async def desk(subsidy: ServiceUnderTest, neighbours: Neighbours) -> AsyncIterator[Desk]:
    yield Desk(subsidy, neighbours)
    async with subsidy.runtime.database.system_session() as session:
        assert await verify(session) == []
