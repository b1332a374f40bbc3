"""Calls between services: typed results are the caller's; time-outs, retries and the breaker are here.

Only calls that are safe to repeat are repeated. Errors of the other service come back as the problem it answered; one
that does not answer is `Unavailable`. A service calls with its caller's token, or with its own client token.
"""

import asyncio
from collections.abc import Mapping
from typing import Any, Protocol

import httpx2
import stamina
from purgatory import AsyncCircuitBreakerFactory
from purgatory.domain.model import OpenedState

from shared import clock
from shared.errors import BadGateway, Problem, Text, Unavailable

_SAFE = frozenset({"GET", "HEAD", "PUT", "DELETE"})
_TIMEOUT = httpx2.Timeout(10.0, connect=2.0)


class Answered(Problem):
    """The other service refused. Carries its problem document, so that a worker can note the reason."""

    status = 409
    code = "refused-by-service"
    title = Text("相关服务拒绝了该操作", "Another service refused this")

    def __init__(self, status: int, document: Mapping[str, Any]) -> None:
        detail = str(document.get("detail", ""))
        super().__init__(Text(detail, detail))
        self.answer_status = status
        self.document_received = dict(document)


class TokenSource(Protocol):
    async def get(self) -> str: ...


class ClientToken:
    """The service's own access token by client credentials, kept until shortly before it expires."""

    def __init__(self, http: httpx2.AsyncClient, client_id: str, secret: str) -> None:
        self._http, self._id, self._secret = http, client_id, secret
        self._token, self._expires = "", 0.0
        self._lock = asyncio.Lock()

    async def get(self) -> str:
        async with self._lock:
            if clock.system_now().timestamp() > self._expires - 60:
                answer = await self._http.post(
                    "/oauth/token",
                    data={"grant_type": "client_credentials", "client_id": self._id, "client_secret": self._secret},
                )
                if answer.status_code != 200:
                    raise Unavailable(Text("无法取得服务令牌", "No service token could be had"))
                body = answer.json()
                self._token = body["access_token"]
                self._expires = clock.system_now().timestamp() + body["expires_in"]
            return self._token


class ServiceClient:
    """One other service. `request` returns its JSON, or raises `Answered` (it refused) or `Unavailable`."""

    def __init__(self, name: str, http: httpx2.AsyncClient, own_token: TokenSource | None = None) -> None:
        self.name, self._http, self._own = name, http, own_token
        self._breaker = AsyncCircuitBreakerFactory(default_threshold=10, default_ttl=5.0, exclude=[Answered])

    async def request(
        self,
        method: str,
        path: str,
        *,
        token: str | None = None,
        acting_for: str | None = None,
        json: Any = None,
        params: Mapping[str, Any] | None = None,
        public: bool = False,
    ) -> Any:
        """`token` is the caller's own; without it the service's client token is used, naming `acting_for`. What is
        `public` is asked for without any."""
        headers = {} if public else {"Authorization": f"Bearer {token or await self._own_token()}"}
        if acting_for:
            headers["X-Acting-For"] = acting_for
        retries = stamina.AsyncRetryingCaller(attempts=3 if method in _SAFE else 1, timeout=15)

        async def send() -> httpx2.Response:
            async with await self._breaker.get_breaker(self.name):
                return await self._http.request(method, path, headers=headers, json=json, params=params)

        try:
            return _result(await retries.on(httpx2.TransportError)(send))
        except (httpx2.TransportError, OpenedState):
            raise Unavailable(
                Text(f"{self.name} 服务暂时不可用", f"{self.name} cannot be reached at present")
            ) from None

    async def _own_token(self) -> str:
        if self._own is None:
            raise RuntimeError("this process has no client credentials")
        try:
            return await self._own.get()
        except httpx2.TransportError:
            raise Unavailable(Text("网关暂时不可用", "The gateway cannot be reached at present")) from None


def _result(answer: httpx2.Response) -> Any:
    if answer.status_code < 400:
        return answer.json() if answer.content else None
    try:
        document = answer.json()
    except ValueError:
        document = {}
    if answer.status_code >= 500:
        raise Unavailable if answer.status_code == 503 else BadGateway
    raise Answered(answer.status_code, document)


def http_client(base_url: str, transport: httpx2.AsyncBaseTransport | None = None) -> httpx2.AsyncClient:
    limits = httpx2.Limits(max_connections=50, max_keepalive_connections=20)
    return httpx2.AsyncClient(base_url=base_url, timeout=_TIMEOUT, limits=limits, transport=transport)
