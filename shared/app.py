"""Makes a service's FastAPI application from its rooms: scope, errors, health, permissions, OpenAPI."""

import asyncio
from argparse import ArgumentParser, Namespace
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.routing import APIRoute
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp

from shared import middleware, openapi, permissions, problem_handlers
from shared.auth import TokenVerifier
from shared.errors import Text
from shared.feed_reader import Source
from shared.permissions import Public
from shared.runtime import Runtime
from shared.tasks import Queue

Loop = Callable[[Runtime], Coroutine[Any, Any, None]]


@dataclass(frozen=True)
class Command:
    """What a service can be told besides serve, worker and migrate: `python -m services.<name> <command>`."""

    name: str
    help: str
    run: Callable[[Namespace], None]
    arguments: Callable[[ArgumentParser], None] = lambda _: None


@dataclass(frozen=True)
class Service:
    """One service, declared: what it is called, its rooms, its tasks, and the feeds that it follows."""

    name: str
    title: Text
    folder: Path
    routers: Sequence[APIRouter]
    queue: Queue
    events: Sequence[type[Any]] = ()
    sources: Sequence[Source] = ()
    loops: Sequence[Loop] = field(default=())
    own_paths: Sequence[APIRouter] = ()
    """Rooms whose paths do not begin with the service's name, such as `/auth/login`."""
    keep_trust: Loop | None = None
    """How a serving process knows keys and revoked sessions, when not by asking the gateway."""
    wrap: Callable[[FastAPI], ASGIApp] | None = None
    """What is served in place of the bare application."""
    server: Mapping[str, Any] = field(default_factory=dict)
    """Settings of uvicorn that differ from the others'."""
    commands: Sequence[Command] = ()


def create(service: Service, runtime: Runtime) -> FastAPI:
    """Raises RuntimeError when an operation declares no permission."""
    app = FastAPI(
        title=f"帮扶 {service.title.zh} Bangfu {service.title.en}",
        version="0.1.0",
        docs_url=None,
        redoc_url=None,
        openapi_url=f"/{service.name}/openapi.json",
        lifespan=_lifespan,
        generate_unique_id_function=_operation_id,
    )
    app.state.runtime = runtime
    app.state.keep_trust = service.keep_trust or (Runtime.keep_trust if runtime.gateway else None)
    for router in service.routers:
        app.include_router(router, prefix=f"/{service.name}")
    for router in service.own_paths:
        app.include_router(router)
    app.include_router(_health)
    problem_handlers.install(app)
    openapi.install(app, permissions.rules(app))
    app.add_middleware(middleware.Authentication, verifier=TokenVerifier(runtime.trust))
    app.add_middleware(middleware.RequestContext, service=service.name)
    return app


def _operation_id(route: APIRoute) -> str:
    return f"{route.path.split('/')[1]}_{route.name}"


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    runtime: Runtime = app.state.runtime
    await runtime.database.check_roles()
    keep_trust: Loop | None = app.state.keep_trust
    keeper = asyncio.create_task(keep_trust(runtime)) if keep_trust else None
    try:
        yield
    finally:
        if keeper:
            keeper.cancel()
            with suppress(asyncio.CancelledError):
                await keeper
        await runtime.database.dispose()


_health = APIRouter(include_in_schema=False)


@_health.get("/health/live")
async def live(_: Public) -> dict[str, str]:
    return {"status": "live"}


@_health.get("/health/ready")
async def ready(_: Public, request: Request) -> Response:
    """Ready when the database answers and the gateway's keys are loaded."""
    runtime: Runtime = request.app.state.runtime
    checks = {"database": True, "trust": runtime.trust.loaded}
    try:
        await runtime.database.ping()
    except (SQLAlchemyError, OSError, TimeoutError):
        checks["database"] = False
    return JSONResponse(checks, status_code=200 if all(checks.values()) else 503)


@_health.get("/metrics")
async def metrics(_: Public) -> Response:
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
