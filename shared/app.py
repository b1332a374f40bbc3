"""Makes a service's FastAPI application from its rooms: scope, errors, health, permissions, OpenAPI."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.routing import APIRoute
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import JSONResponse, Response

from shared import middleware, openapi, permissions, problem_handlers
from shared.auth import TokenVerifier
from shared.errors import Text
from shared.feed_reader import Source
from shared.permissions import Public
from shared.runtime import Runtime
from shared.tasks import Queue

Loop = Callable[[Runtime], Coroutine[Any, Any, None]]


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
    for router in service.routers:
        app.include_router(router, prefix=f"/{service.name}")
    app.include_router(_health)
    permissions.publish(app)
    problem_handlers.install(app)
    openapi.install(app)
    app.add_middleware(middleware.Authentication, verifier=TokenVerifier(runtime.trust))
    app.add_middleware(middleware.RequestContext, service=service.name)
    return app


def _operation_id(route: APIRoute) -> str:
    return f"{route.path.split('/')[1]}_{route.name}"


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    runtime: Runtime = app.state.runtime
    await runtime.database.check_roles()
    keeper = asyncio.create_task(runtime.keep_trust()) if runtime.gateway else None
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
