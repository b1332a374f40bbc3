"""Every error that leaves a service is a problem document; what was not foreseen is logged and says nothing."""

from collections.abc import Mapping
from typing import Any

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.responses import Response

from shared import audit
from shared.errors import (
    MEDIA_TYPE,
    Conflict,
    FieldError,
    Forbidden,
    Internal,
    Invalid,
    MethodNotAllowed,
    NotFound,
    Problem,
    Text,
    Unavailable,
)
from shared.logs import logger
from shared.validation_texts import text_of

log = logger(__name__)

_TRY_AGAIN = frozenset({"40001", "40P01", "55P03", "57014", "53300", "57P01", "57P03", "25P04"})
"""Serialization, deadlock, lock or statement time-out, too many connections, shutting down, transaction time-out."""


def language(headers: Mapping[str, str]) -> str:
    return "en" if headers.get("accept-language", "").strip().lower().startswith("en") else "zh"


def response(problem: Problem, headers: Mapping[str, str]) -> Response:
    spoken = language(headers)
    return Response(
        orjson.dumps(problem.document(spoken)),
        status_code=problem.status,
        media_type=MEDIA_TYPE,
        headers={**problem.headers, "Content-Language": "zh-CN" if spoken == "zh" else "en"},
    )


def install(app: FastAPI) -> None:
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(DBAPIError, _database)
    app.add_exception_handler(PoolTimeout, _busy)
    app.add_exception_handler(ConnectionError, _busy)
    app.add_exception_handler(TimeoutError, _busy)
    app.add_exception_handler(Exception, _unforeseen)


async def _problem(request: Request, error: Any) -> Response:
    if isinstance(error, Forbidden):
        runtime = request.app.state.runtime
        await audit.record_apart(
            runtime.database,
            f"{runtime.service}:operation:deny",
            request.scope.get("principal"),
            error.extra.get("permission"),
            result="denied",
        )
    return response(error, request.headers)


async def _validation(request: Request, error: Any) -> Response:
    return response(invalid(error.errors()), request.headers)


def invalid(errors: list[dict[str, Any]], prefix: str = "") -> Invalid:
    """Pydantic's errors as ours: a JSON pointer and a text each, never the value that was sent."""
    return Invalid(
        errors=[FieldError(prefix + _pointer(e["loc"]), text_of(e), str(e["type"])) for e in errors[:100]],
    )


def _pointer(location: tuple[object, ...]) -> str:
    parts = location[1:] if location and location[0] == "body" else location
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


async def _http(request: Request, error: Any) -> Response:
    kinds: dict[int, type[Problem]] = {404: NotFound, 405: MethodNotAllowed}
    kind = kinds.get(error.status_code)
    if kind is None:
        kind = Invalid if error.status_code < 500 else Internal
    problem = kind(None if error.status_code == 404 else Text(kind.title.zh, str(error.detail)))
    problem.headers |= error.headers or {}
    return response(problem, request.headers)


async def _database(request: Request, error: Any) -> Response:
    state = getattr(error.orig, "sqlstate", None) or ""
    problem: Problem
    if isinstance(error, IntegrityError):
        problem = Conflict()
    elif error.connection_invalidated or state in _TRY_AGAIN or state.startswith("08"):
        problem = Unavailable()
    elif state.startswith("22"):
        problem = Invalid(
            Text("含有无法保存的字符或超出范围的数值", "Holds a character or number that cannot be stored")
        )
    else:
        return await _unforeseen(request, error)
    log.warning("database refused", sqlstate=state, error=type(error).__name__)
    return response(problem, request.headers)


async def _busy(request: Request, error: Any) -> Response:
    log.warning("not available", error=type(error).__name__)
    return response(Unavailable(), request.headers)


async def _unforeseen(request: Request, error: Any) -> Response:
    log.error("unforeseen", error=type(error).__name__, path_template=getattr(request.scope.get("route"), "path", ""))
    return response(Internal(), request.headers)
