"""Sessions whose scope reaches PostgreSQL on the BEGIN of each transaction.

Requests run as the service's `_app` role: row-level security compares each row's region with `app.region`, or its
organisation with `app.org`, and without either shows nothing. The scope is a context variable that the application's
middleware sets; it rides on BEGIN, so it costs no round trip of its own. Work on the whole service (the worker, feeds)
runs as the `_worker` role and is reached through `system_session()` only.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

import asyncpg
import orjson
from asyncpg.exceptions import InterfaceError, PostgresError
from fastapi import Depends, Request
from sqlalchemy import MetaData, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.pool import PoolProxiedConnection

from shared import regions
from shared.reads import Read

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def metadata() -> MetaData:
    return MetaData(naming_convention=NAMING_CONVENTION)


@dataclass(frozen=True, slots=True)
class Scope:
    """What the caller may see: a region and all below it, or one organisation's own rows."""

    region: str | None = None
    org: UUID | None = None

    def statement(self) -> str:
        if self.region is not None and not regions.is_code(self.region):
            raise ValueError("a scope needs a region code")
        region = f"SET LOCAL app.region = '{self.region}';" if self.region else ""
        org = f"SET LOCAL app.org = '{UUID(str(self.org))}';" if self.org else ""
        return region + org


NO_SCOPE = Scope()
_scope: ContextVar[Scope] = ContextVar("database_scope", default=NO_SCOPE)


@contextmanager
def scoped(scope: Scope) -> Iterator[None]:
    """Transactions begun inside see `scope`; outside it nothing is left behind."""
    token = _scope.set(scope)
    try:
        yield
    finally:
        _scope.reset(token)


_END_SECONDS = 5.0


class ScopedConnection(asyncpg.Connection):
    """Adds the scope to the BEGIN that SQLAlchemy sends through asyncpg's transaction object."""

    __slots__ = ()

    async def execute(self, query: str, *args: Any, timeout: float | None = None) -> str:  # noqa: ASYNC109
        if not args and query.startswith("BEGIN"):
            query += _scope.get().statement()
        return str(await super().execute(query, *args, timeout=timeout))


class Database:
    """One service's database, for requests (`url`) and for the service's own work (`worker_url`)."""

    def __init__(self, url: str, worker_url: str = "", *, pool_size: int = 10) -> None:
        self._app = _engine(url, pool_size)
        self._system = _engine(worker_url, max(2, pool_size // 2)) if worker_url else None
        self.sessions = async_sessionmaker(self._app, expire_on_commit=False)
        self._system_sessions = async_sessionmaker(self._system, expire_on_commit=False) if self._system else None

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """One transaction with the caller's scope; committed at the end, rolled back by an exception."""
        async with self.sessions() as session, session.begin():
            yield session

    async def read(self, statement: Read, **values: object) -> Sequence[asyncpg.Record]:
        """The rows of one statement, in a read-only transaction of its own with the caller's scope."""
        pooled = await self._app.raw_connection()
        connection: Any = pooled.driver_connection
        try:
            await connection.execute("BEGIN READ ONLY;")
            rows: Sequence[asyncpg.Record] = await connection.fetch(statement.sql, *statement.arguments(values))
            await connection.execute("COMMIT")
        except BaseException as error:
            await asyncio.shield(_end(pooled))  # also when it is the caller who has left
            if isinstance(error, (PostgresError, InterfaceError)):
                raise DBAPIError(statement.sql, None, error, connection_invalidated=connection.is_closed()) from error
            raise
        pooled.close()
        return rows

    @asynccontextmanager
    async def system_session(self) -> AsyncIterator[AsyncSession]:
        """One transaction over the whole service. Every use is listed in tests/security/test_system_sessions.py."""
        if self._system_sessions is None:
            raise RuntimeError("this process was not given the worker's database URL")
        async with self._system_sessions() as session, session.begin():
            yield session

    async def check_roles(self) -> None:
        """Refuse to start under a role that row-level security does not bind."""
        for engine in filter(None, (self._app, self._system)):
            async with engine.connect() as connection:
                await _refuse_unbound_role(connection)

    async def ping(self) -> None:
        async with self._app.connect() as connection:
            await connection.execute(text("SELECT 1"))

    async def dispose(self) -> None:
        for engine in filter(None, (self._app, self._system)):
            await engine.dispose()


def _engine(url: str, pool_size: int) -> AsyncEngine:
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)

    async def connect(**_: Any) -> asyncpg.Connection:
        connection: asyncpg.Connection = await asyncpg.connect(  # type: ignore[no-untyped-call]
            plain, connection_class=ScopedConnection, timeout=10, command_timeout=60
        )
        return connection

    return create_async_engine(
        "postgresql+asyncpg://",
        async_creator=connect,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=10,
        json_serializer=lambda value: orjson.dumps(value).decode(),
        json_deserializer=orjson.loads,
    )


async def _end(pooled: PoolProxiedConnection) -> None:
    """Give a connection back outside any transaction, or not at all. asyncpg first ends a query that was cancelled."""
    connection: Any = pooled.driver_connection
    try:
        await connection.execute("ROLLBACK", timeout=_END_SECONDS)
    except (PostgresError, InterfaceError, OSError, TimeoutError):
        pooled.invalidate()
    else:
        pooled.close()


async def _refuse_unbound_role(connection: AsyncConnection) -> None:
    row = (
        await connection.execute(
            text("SELECT rolname, rolsuper OR rolbypassrls AS unbound FROM pg_roles WHERE rolname = current_user")
        )
    ).one()
    if row.unbound:
        raise RuntimeError(f"role {row.rolname!r} is superuser or has BYPASSRLS: row-level security would not hold")


async def _get_session(request: Request) -> AsyncIterator[AsyncSession]:
    database: Database = request.app.state.runtime.database
    async with database.session() as session:
        yield session


Session = Annotated[AsyncSession, Depends(_get_session, scope="function")]
"""The request's transaction. `scope="function"` commits it before the answer leaves."""
