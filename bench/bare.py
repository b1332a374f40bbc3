"""What the registry's reads are measured beside: the same statements in a FastAPI handler straight on asyncpg.

The answers are the same, name and numbers decrypted and masked. What a service does besides is absent: no token,
permission, request id, counts, filters or transaction, and the role is one that row-level security does not bind.
"""

import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import asyncpg
import orjson
import uvicorn
from fastapi import FastAPI, Response

from bench import processes
from services.registry.persons import queries, sealing
from services.registry.persons.masking import mask
from services.registry.persons.schemas import PersonOut
from shared import money, pagination, regions
from shared.crypto import Keyring
from shared.settings import Settings

URL = "BENCH_DATABASE_URL"
POOL_SIZE = 10
_MADE = {"name", "id_number", "phone", "wish_wage"}
_PLAIN = [name for name in PersonOut.model_fields if name not in _MADE]


ONE = queries.SHOWN
PAGE = queries.page((), after=False)
_LOW, _HIGH = regions.bounds("53")


def shown(keyring: Keyring, row: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of `PersonOut`."""

    def opened(field: str, column: str) -> str:
        return keyring.decrypt(row[column], sealing.context(row["id"], field)).decode()

    return {name: row[name] for name in _PLAIN} | {
        "name": opened("name", "name_sealed"),
        "id_number": mask(opened("idno", "id_sealed")),
        "phone": mask(opened("phone", "phone_sealed")) if row["phone_sealed"] is not None else None,
        "wish_wage": None if row["wish_wage_fen"] is None else money.format_yuan(row["wish_wage_fen"]),
    }


def create(url: str, keyring: Keyring) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        pool: Any = asyncpg.create_pool(url, min_size=POOL_SIZE, max_size=POOL_SIZE)  # type: ignore[no-untyped-call]
        async with pool as app.state.pool:
            yield

    app = FastAPI(openapi_url=None, lifespan=lifespan)

    @app.get("/registry/v1/persons")
    async def page(region: str, limit: int = 50) -> Response:
        low, high = regions.bounds(region)
        rows = await app.state.pool.fetch(PAGE.sql, *PAGE.arguments({"low": low, "high": high, "limit": limit}))
        following = pagination.encode(rows[-1]["region"], rows[-1]["id"]) if len(rows) == limit else None
        return _json({"items": [shown(keyring, row) for row in rows], "next": following})

    @app.get("/registry/v1/persons/{person_id}")
    async def one(person_id: UUID) -> Response:
        row = await app.state.pool.fetchrow(ONE.sql, *ONE.arguments({"low": _LOW, "high": _HIGH, "id": person_id}))
        return Response(status_code=404) if row is None else _json(shown(keyring, row))

    return app


def _json(document: dict[str, Any]) -> Response:
    body = orjson.dumps(document, default=str)  # for the UUIDs, which asyncpg has a type of its own for
    return Response(body, media_type="application/json")


def main(port: int) -> None:
    app = create(os.environ[URL], Keyring.load(Settings().keys_file))
    processes.serve(uvicorn.Config(app, loop="uvloop", http="httptools", access_log=False, log_level="error"), port)


if __name__ == "__main__":
    main(int(sys.argv[1]))
