"""Clients: made by admins (services' own by the seed), and known by their secrets."""

import secrets
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.clients import queries, rules
from gateway.clients.errors import TwoSecretsLive, WrongLevel
from gateway.clients.models import Client, ClientSecret
from gateway.clients.schemas import ClientIn, ClientPatch
from gateway.sessions import service as sessions
from shared import audit, clock, ids, regions
from shared.auth import Principal, Role
from shared.crypto import Keyring
from shared.errors import FieldError, Invalid, NotFound, StaleVersion, Text

SECRET_LIFE = timedelta(days=365)
MAX_LIVE = 2

_client: Any = Client
_secret: Any = ClientSecret
_MANAGED_BY = {Role.ORGANISATION: Role.COUNTY, Role.SYSTEM: Role.PROVINCE}


async def page(session: AsyncSession, region: str, after: str, limit: int) -> list[Client]:
    """Clients of a region and below, by id."""
    low, high = regions.bounds(region)
    return list(await session.scalars(queries.PAGE, {"low": low, "high": high, "after": after, "limit": limit}))


async def get(session: AsyncSession, caller: Principal, client_id: str) -> Client:
    """Raises `NotFound`, also for a client outside the caller's region."""
    low, high = regions.bounds(str(caller.region))
    client: Client | None = await session.scalar(queries.BY_ID, {"id": client_id, "low": low, "high": high})
    if client is None:
        raise NotFound
    return client


async def live_secrets(session: AsyncSession, client_id: str) -> list[ClientSecret]:
    return list(await session.scalars(queries.LIVE_SECRETS, {"id": client_id, "now": clock.system_now()}))


async def create(session: AsyncSession, keyring: Keyring, caller: Principal, given: ClientIn) -> tuple[Client, str]:
    """The client and its secret. Raises `WrongLevel`, `NotFound` (a region outside), `Invalid` (scopes)."""
    region = str(caller.region) if given.role is Role.ORGANISATION else given.region
    require_level(caller, given.role)
    if not regions.contains(str(caller.region), region):
        raise NotFound
    values = given.model_dump() | {"region": region, "id": f"{given.role.value}-{secrets.token_hex(6)}"}
    client = await add(session, caller.subject, values)
    secret = draw_secret()
    await add_secret(session, keyring, client.id, secret)
    await audit.record(session, "gateway:client:create", caller, client.id, role=client.role, scopes=client.scopes)
    return client, secret


async def add(session: AsyncSession, made_by: str, values: dict[str, Any]) -> Client:
    """Write a client. Raises `Invalid` when its scopes are wider than its role may have."""
    _check_scopes(Role(values["role"]), values["scopes"])
    defaults = {"sid": uuid4(), "disabled": False, "version": 1, "made_by": made_by, "made_at": clock.system_now()}
    client: Client = (await session.scalars(insert(Client).values(**values, **defaults).returning(_client))).one()
    return client


async def change(session: AsyncSession, caller: Principal, client_id: str, version: int, given: ClientPatch) -> Client:
    """Raises `NotFound`, `WrongLevel`, `Invalid`, `StaleVersion`. Tokens end unless only the name changed."""
    client = await get(session, caller, client_id)
    require_level(caller, Role(client.role))
    changes: dict[str, Any] = given.model_dump(exclude_none=True)
    _check_scopes(Role(client.role), changes.get("scopes", client.scopes))
    rights_change = bool(changes.keys() - {"name"})
    old_sid = client.sid
    changed: Client | None = await session.scalar(
        update(Client)
        .where(_client.id == client_id, _client.version == version)
        .values(**changes, version=version + 1, **({"sid": uuid4()} if rights_change else {}))
        .returning(_client)
        .execution_options(populate_existing=True, synchronize_session=False)
    )
    if changed is None:
        raise StaleVersion
    if rights_change:
        await sessions.revoke(session, [old_sid])
    await audit.record(session, "gateway:client:change", caller, client_id, fields=sorted(changes))
    return changed


async def new_secret(
    session: AsyncSession, keyring: Keyring, caller: Principal, client_id: str
) -> tuple[ClientSecret, str]:
    """A second secret beside the first, to change over without a gap. Raises `TwoSecretsLive`, `WrongLevel`."""
    client = await _locked(session, caller, client_id)
    if len(await live_secrets(session, client.id)) >= MAX_LIVE:
        raise TwoSecretsLive
    secret = draw_secret()
    row = await add_secret(session, keyring, client.id, secret)
    await audit.record(session, "gateway:client-secret:create", caller, client_id, secret=str(row.id))
    return row, secret


async def drop_secret(session: AsyncSession, caller: Principal, client_id: str, secret_id: UUID) -> None:
    """No further token is given for it; those given live out their ten minutes (disable the client to end them)."""
    client = await _locked(session, caller, client_id)
    dropped = await session.scalar(
        delete(ClientSecret).where(_secret.id == secret_id, _secret.client_id == client.id).returning(_secret.id)
    )
    if dropped is None:
        raise NotFound
    await audit.record(session, "gateway:client-secret:delete", caller, client_id, secret=str(secret_id))


async def authenticated(session: AsyncSession, keyring: Keyring, client_id: str, secret: str) -> Client | None:
    """The client that shows one of its live secrets, None when it is disabled or unknown."""
    given = {"id": client_id, "hmac": _hmac(keyring, secret), "now": clock.system_now()}
    client: Client | None = await session.scalar(queries.BY_SECRET, given)
    return client


async def has_secret(session: AsyncSession, keyring: Keyring, client_id: str, secret: str) -> bool:
    """Whether it is among the client's secrets, live or not."""
    known = select(_secret.id).where(_secret.client_id == client_id, _secret.secret_hmac == _hmac(keyring, secret))
    return await session.scalar(known) is not None


async def add_secret(
    session: AsyncSession, keyring: Keyring, client_id: str, secret: str, *, life: timedelta | None = SECRET_LIFE
) -> ClientSecret:
    now = clock.system_now()
    row: ClientSecret = (
        await session.scalars(
            insert(ClientSecret)
            .values(
                id=ids.new_id(),
                client_id=client_id,
                secret_hmac=_hmac(keyring, secret),
                made_at=now,
                expires_at=now + life if life else None,
            )
            .returning(_secret)
        )
    ).one()
    return row


def draw_secret() -> str:
    return secrets.token_urlsafe(32)


def subject(client: Client) -> str:
    """The `sub` of its tokens: `service:jobs` for a service, `client:<id>` for the others."""
    if client.role == Role.SERVICE:
        return f"service:{client.id.removeprefix('service-')}"
    return f"client:{client.id}"


def require_level(caller: Principal, role: Role) -> None:
    """Raises `WrongLevel` when clients of this role are managed at another level."""
    if _MANAGED_BY.get(role) is not caller.role:
        raise WrongLevel(permission="gateway.client.write")


async def _locked(session: AsyncSession, caller: Principal, client_id: str) -> Client:
    """The client, which nobody else changes until the transaction ends."""
    low, high = regions.bounds(str(caller.region))
    statement = queries.BY_ID.with_for_update()
    client: Client | None = await session.scalar(statement, {"id": client_id, "low": low, "high": high})
    if client is None:
        raise NotFound
    require_level(caller, Role(client.role))
    return client


def _check_scopes(role: Role, scopes: list[str]) -> None:
    if role not in rules.SCOPES:
        return
    beyond = sorted(set(scopes) - rules.SCOPES[role])
    if beyond:
        names = ", ".join(beyond)
        text = Text(f"此类客户端不能有:{names}", f"Not for such a client: {names}")
        raise Invalid(errors=[FieldError("/scopes", text, "not_permitted")])


def _hmac(keyring: Keyring, secret: str) -> bytes:
    return keyring.fingerprint(secret, "client-secret")
