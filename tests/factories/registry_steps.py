"""Steps that several tests of the registry take."""

from typing import Any

from tests.factories import registry as make
from tests.fixtures import tokens
from tests.fixtures.platform import ServiceUnderTest

HOME, NEIGHBOUR = tokens.VILLAGE, tokens.NEIGHBOUR_VILLAGE


async def register(registry: ServiceUnderTest, token: str | None = None, **changes: Any) -> dict[str, Any]:
    """Register somebody as an officer of the village; returns the answer's body."""
    body = make.person(**changes)
    async with registry.client(token or tokens.officer(body["region"])) as client:
        answer = await client.post("/registry/v1/persons", json=body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def events(registry: ServiceUnderTest, kind: str) -> list[dict[str, Any]]:
    """What the feed says of one kind so far."""
    await registry.settle()
    async with registry.client(tokens.service()) as client:
        answer = await client.get("/registry/v1/changes", params={"limit": 1000})
    return [each for each in answer.json()["events"] if each["type"] == kind]
