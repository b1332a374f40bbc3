"""A small application that keeps registry's side of the contract on spells, for what the real one cannot be made to do:
be away, or die between its commit and its answer."""

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx2

from shared.client import ServiceClient
from tests.fixtures.platform import OwnToken, ServiceUnderTest


class Registry:
    """Spells by placement. `refusal` is a problem to answer with; `away` raises instead of answering."""

    def __init__(self) -> None:
        self.spells: dict[str, dict[str, Any]] = {}
        self.calls = 0
        self.away = False
        self.refusal: tuple[int, str] | None = None
        self.meanwhile: Callable[[], Any] | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.calls += 1
        if self.away:
            raise httpx2.ConnectError("away")
        if self.refusal is not None:
            status, code = self.refusal
            problem = {"type": f"https://bangfu.example/problems/{code}", "status": status, "detail": "登记服务不同意"}
            await _answer(send, status, problem)
            return
        if self.meanwhile is not None:
            await self.meanwhile()
        placement_id = scope["path"].rsplit("/", 1)[1]
        body = json.loads((await receive())["body"])
        known = self.spells.get(placement_id)
        version = 1 if known is None else known["version"] + (known["state"] != body)
        spell_id = known["id"] if known else str(uuid4())
        self.spells[placement_id] = {"id": spell_id, "version": version, "state": body}
        await _answer(send, 200 if known else 201, {"id": spell_id, "placement_id": placement_id, "version": version})


async def _answer(send: Any, status: int, body: Any) -> None:
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(body).encode()})


def stand_in(jobs: ServiceUnderTest) -> Registry:
    """Put a registry of this kind behind the service under test."""
    registry = Registry()
    http = httpx2.AsyncClient(transport=httpx2.ASGITransport(app=registry), base_url="http://registry")
    jobs.runtime.clients = {**jobs.runtime.clients, "registry": ServiceClient("registry", http, OwnToken("jobs"))}
    return registry
