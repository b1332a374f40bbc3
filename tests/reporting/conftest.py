"""Events for reporting, put into the real outboxes of the services it follows."""

from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime

import pytest

from shared import clock, feed
from shared.feed import Event
from tests.factories import registry as registry_factory
from tests.fixtures.platform import Platform, ServiceUnderTest

Tell = Callable[..., Awaitable[None]]
JUNE_28 = datetime(2018, 6, 28, 9, tzinfo=clock.BEIJING)


@pytest.fixture
async def reported(reporting: ServiceUnderTest, registry: ServiceUnderTest) -> AsyncIterator[ServiceUnderTest]:
    """Reporting on 28 June 2018, with the divisions loaded and the empty feeds followed."""
    await registry_factory.divisions(registry.runtime.database)
    await reporting.follow()
    with clock.at(JUNE_28):
        yield reporting


@pytest.fixture
def tell(services: Platform, reported: ServiceUnderTest) -> Tell:
    """Emit events as their services do, in the order given, and let reporting read them."""

    async def told(*events: Event) -> None:
        by_service: dict[str, list[Event]] = defaultdict(list)
        for event in events:
            by_service[event.type.partition(".")[0]].append(event)
        for name, its in by_service.items():
            async with services.service(name).runtime.database.system_session() as session:
                await feed.emit(session, *its)
        await reported.follow()

    return told
