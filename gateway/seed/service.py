"""First accounts and clients, made so that file and database agree after any run, also after one that was cut off.

The file with the passwords is written before the transaction commits: what it names and the database lacks is made
with that password by the next run, and what the database has without the file gets a new one.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.clients import rules as client_rules
from gateway.clients import service as clients
from gateway.clients.models import Client
from gateway.seed.plan import POSTS, PROGRAMS, Post, Program
from gateway.users import passwords, rules
from gateway.users import service as users
from gateway.users.schemas import UserIn
from shared.auth import Department, Duty, Role
from shared.runtime import Runtime
from shared.secretfile import refuse_wide_permissions, write_secret
from shared.settings import SERVICES, Environment

Credentials = dict[str, list[dict[str, Any]]]

_LOCK = 0x73656564  # "seed"


async def seed(
    runtime: Runtime, out: Path, service_clients: Path | None, *, first_admin: str | None = None
) -> Credentials:
    """Make what is missing and write `out`. In production no demo: the services' clients, and the first admin of a
    province when its code is given, who must change the password at the first login."""
    production = runtime.settings.environment is Environment.PRODUCTION
    posts = () if production else POSTS
    if first_admin:
        posts = (*posts, _first_admin(first_admin))
    known = _read(out)
    async with runtime.database.system_session() as session:
        await session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        if service_clients is not None:
            for name in SERVICES:
                await _service_client(session, runtime, name, service_clients)
        made: Credentials = {
            "users": [await _account(session, post, known["users"], given=production) for post in posts],
            "clients": [
                await _program(session, runtime, one, known["clients"]) for one in (() if production else PROGRAMS)
            ],
        }
        merged = {kind: _kept(known[kind], rows) for kind, rows in made.items()}
        write_secret(out, orjson.dumps(merged, option=orjson.OPT_INDENT_2).decode() + "\n")
    return merged


def _read(out: Path) -> Credentials:
    if not out.exists():
        return {"users": [], "clients": []}
    refuse_wide_permissions(out)
    read: Credentials = orjson.loads(out.read_bytes())
    return read


def _kept(known: list[dict[str, Any]], made: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What was in the file stays in it, whatever today's plan says."""
    names = {_name(row) for row in made}
    return made + [row for row in known if _name(row) not in names]


def _name(row: Mapping[str, Any]) -> str:
    return str(row.get("username") or row["client_id"])


def _secret_of(name: str, known: list[dict[str, Any]], key: str, draw: Callable[[], str]) -> tuple[str, bool]:
    """The secret that the file names, or a new one; and whether the file named it."""
    noted = next((row[key] for row in known if _name(row) == name), None)
    return (str(noted), True) if noted else (draw(), False)


async def _account(
    session: AsyncSession, post: Post, known: list[dict[str, Any]], *, given: bool = False
) -> dict[str, Any]:
    password, noted = _secret_of(post.username, known, "password", passwords.generate)
    account = await users.named(session, post.username)
    if account is None:
        new = UserIn(
            username=post.username,
            title=post.title,
            region=post.region,
            department=post.department,
            duties=list(post.duties),
        )
        await users.create(session, None, new, await passwords.hashed(password), password_given=given)
    elif not noted:
        await users.set_password(session, account, await passwords.hashed(password))
    return {
        "username": post.username,
        "password": password,
        "role": rules.role_of(post.region).value,
        "region": post.region,
        "department": post.department.value,
        "duties": [duty.value for duty in post.duties],
        "title": post.title,
        "for": post.use,
    }


async def _program(
    session: AsyncSession, runtime: Runtime, program: Program, known: list[dict[str, Any]]
) -> dict[str, Any]:
    secret, _ = _secret_of(program.id, known, "client_secret", clients.draw_secret)
    await _client(
        session,
        runtime,
        {
            "id": program.id,
            "name": program.name,
            "role": program.role.value,
            "organisation_id": program.organisation_id,
            "region": program.region,
            "scopes": list(program.scopes),
        },
        secret,
    )
    return {
        "client_id": program.id,
        "client_secret": secret,
        "role": program.role.value,
        "region": program.region,
        "organisation_id": str(program.organisation_id) if program.organisation_id else None,
        "scopes": list(program.scopes),
        "for": program.use,
    }


async def _service_client(session: AsyncSession, runtime: Runtime, name: str, folder: Path) -> None:
    """The client of a service, with the secret that lies in the folder under the client's id."""
    client_id = f"service-{name}"
    values = {
        "id": client_id,
        "name": f"{name} 服务",
        "role": Role.SERVICE.value,
        "organisation_id": None,
        "region": None,
        "scopes": sorted(client_rules.SERVICES[name]),
    }
    await _client(session, runtime, values, (folder / client_id).read_text().strip(), expires=False)


async def _client(
    session: AsyncSession, runtime: Runtime, values: dict[str, Any], secret: str, *, expires: bool = True
) -> None:
    client = await session.get(Client, values["id"])
    if client is None:
        await clients.add(session, "seed", values)
    elif client.role == Role.SERVICE and client.scopes != values["scopes"]:  # a release may need other scopes
        client.scopes, client.sid, client.version = values["scopes"], uuid4(), client.version + 1
        await session.flush()
    if not await clients.has_secret(session, runtime.keyring, values["id"], secret):
        await clients.add_secret(
            session, runtime.keyring, values["id"], secret, life=clients.SECRET_LIFE if expires else None
        )


def _first_admin(region: str) -> Post:
    if rules.role_of(region) is not Role.PROVINCE:
        raise ValueError("the first admin is a province's: give its two digits")
    return Post(f"admin-{region}", "省级系统管理岗", region, (Duty.ADMIN,), "首个管理员", Department.HRSS)
