"""What the gateway serves itself stays behind the door, and the rest goes through it."""

from typing import Any

import httpx2
import pytest

from gateway.door import door
from tests.fixtures.platform import ServiceUnderTest

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/health/live", 200),
        ("/.well-known/jwks.json", 200),
        ("/oauth/revocations", 200),
        ("/gateway/v1/users", 401),
        ("/nobody/v1/users", 404),
    ],
)
async def test_the_own_paths_are_answered_at_the_door(gateway: ServiceUnderTest, path: str, status: int) -> None:
    app: Any = door(gateway.app)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://door") as http:
        assert (await http.get(path)).status_code == status
