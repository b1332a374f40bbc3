"""Pure ASGI middleware: who calls and what they may see, a request id, counts and times.

Not Starlette's BaseHTTPMiddleware: with asyncpg it leaks connections when a client goes away.
"""

import re
import time

import structlog
from prometheus_client import Counter, Histogram
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared import ids
from shared.auth import Role, TokenVerifier, bearer
from shared.database import NO_SCOPE, scoped
from shared.errors import Problem
from shared.problem_handlers import response

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_requests = Counter("bangfu_requests_total", "Requests answered", ["service", "method", "route", "status"])
_seconds = Histogram("bangfu_request_seconds", "Time to answer", ["service", "route"])


class Authentication:
    """Verifies the token and sets the database scope for this request; an unusable token ends here with 401 or 503."""

    def __init__(self, app: ASGIApp, verifier: TokenVerifier) -> None:
        self._app, self._verifier = app, verifier

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        try:
            token = bearer(headers.get("authorization"))
            caller = self._verifier.verify(token) if token else None
        except Problem as problem:
            await response(problem, headers)(scope, receive, send)
            return
        if caller is not None and caller.role is Role.SERVICE:
            caller = caller.on_behalf_of(headers.get("x-acting-for"))
        scope["principal"] = caller
        with scoped(caller.database_scope if caller else NO_SCOPE):
            await self._app(scope, receive, send)


class RequestContext:
    """Gives each request an id (kept from the gateway), binds it to the logs, and counts."""

    def __init__(self, app: ASGIApp, service: str) -> None:
        self._app, self._service = app, service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        request_id = given if _REQUEST_ID.fullmatch(given) else str(ids.new_id())
        status, started = 500, time.perf_counter()

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-Id"] = request_id
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self._app(scope, receive, send_with_id)
            finally:
                route = getattr(scope.get("route"), "path", "unmatched")
                _requests.labels(self._service, scope["method"], route, status).inc()
                _seconds.labels(self._service, route).observe(time.perf_counter() - started)
