"""Tokens for who can show a password, a refresh token or a client's secret.

Nobody has a region before the token, so all of this reads accounts and clients in sessions of the whole service. What
must survive a refusal (the count of attempts, the audit of a failure, the end of a stolen session) is committed in a
transaction of its own; no transaction is open while a password is hashed.
"""

import hmac
from typing import Any, Literal
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from gateway.clients import service as clients
from gateway.clients.models import Client
from gateway.keys import service as keys
from gateway.sessions import service as sessions
from gateway.sessions.service import RefreshToken
from gateway.tokens import attempts
from gateway.tokens.errors import InvalidClient, InvalidScope, LoginFailed, PasswordChangeRequired, SessionOver
from gateway.tokens.schemas import ClientTokens, Tokens
from gateway.users import passwords, rules
from gateway.users import service as users
from gateway.users.models import Account
from shared import audit, clock
from shared.auth import ACCESS_SECONDS, AUDIENCE, ISSUER, Principal, Role, principal_of
from shared.errors import FieldError, Invalid, Text
from shared.runtime import Runtime

_BEARER: Literal["Bearer"] = "Bearer"

_SAME = Text("新密码不得与原密码相同", "The new password is the old one")


async def login(runtime: Runtime, username: str, password: str) -> Tokens:
    """Raises `LoginFailed`, `LockedOut`, `PasswordChangeRequired`."""
    known = await _authenticate(runtime, username, password)
    if known.password_given:
        raise PasswordChangeRequired
    async with runtime.database.system_session() as session:
        account = await users.current(session, known.id, locked=True)
        if account is None or account.password_hash != known.password_hash:
            raise LoginFailed
        refresh = await sessions.begin(session, account.id)
        tokens = await _tokens(session, runtime, account, refresh)
        await audit.record(session, "gateway:login:succeed", _principal(account, refresh.sid), account.id)
    return tokens


async def change_password(runtime: Runtime, username: str, password: str, new: str) -> None:
    """Raises as `login` does, and `Invalid` for a weak password. Ends the account's sessions."""
    faults = passwords.faults(new, username)
    if hmac.compare_digest(new.encode(), password.encode()):
        faults.append(FieldError("/new_password", _SAME, "weak_password"))
    if faults:
        raise Invalid(errors=faults)
    account = await _authenticate(runtime, username, password)
    new_hash = await passwords.hashed(new)
    async with runtime.database.system_session() as session:
        if not await users.set_password(session, account, new_hash):
            raise LoginFailed
        await audit.record(session, "gateway:user:change-password", None, account.id)


async def refresh(runtime: Runtime, token: str) -> Tokens:
    """Raises `SessionOver`. A token used before ends its session: the thief's copy and the owner's alike."""
    given = RefreshToken.read(token, runtime.keyring)
    if given is None:
        raise SessionOver
    async with runtime.database.system_session() as session:
        carried_on = await sessions.carry_on(session, given)
        account = await users.current(session, carried_on[0]) if carried_on else None
        if carried_on and account:
            return await _tokens(session, runtime, account, carried_on[1])
    async with runtime.database.system_session() as session:
        if await sessions.end_reused(session, given):
            await audit.record(session, "gateway:refresh-token:reuse", None, given.sid, result="denied")
    raise SessionOver


async def logout(session: AsyncSession, caller: Principal) -> None:
    await sessions.end(session, UUID(caller.sid))
    await audit.record(session, "gateway:session:end", caller, caller.sid)


async def for_client(runtime: Runtime, client_id: str, secret: str, scope: str) -> ClientTokens:
    """Raises `InvalidClient`, `InvalidScope`."""
    async with runtime.database.system_session() as session:
        client = await clients.authenticated(session, runtime.keyring, client_id, secret)
        if client is not None:
            scopes = set(scope.split()) or set(client.scopes)
            if not scopes <= set(client.scopes):
                raise InvalidScope
            claims = _client_claims(client, scopes)
            token = await _signed(session, runtime, claims)
            await audit.record(session, "gateway:client-token:give", principal_of(claims), client.id)
            return ClientTokens(
                access_token=token, token_type=_BEARER, expires_in=ACCESS_SECONDS, scope=claims["scope"]
            )
    await audit.record_apart(runtime.database, "gateway:client-token:refuse", None, result="failed")
    raise InvalidClient


async def _authenticate(runtime: Runtime, username: str, password: str) -> Account:
    """The account of this name and password. The same answer, after the same work, whatever is wrong."""
    name = username.strip().lower()
    async with runtime.database.system_session() as session:
        rests = await attempts.count(session, runtime.keyring, name)
        account = await users.named(session, name)
    attempts.refuse(rests)
    right = await passwords.matches(password, account.password_hash if account else None)
    if account is None or not right or account.disabled:
        known = account.id if account else None
        await audit.record_apart(runtime.database, "gateway:login:fail", None, known, result="failed")
        raise LoginFailed
    async with runtime.database.system_session() as session:
        await attempts.forgive(session, runtime.keyring, name)
    return account


async def _tokens(session: AsyncSession, runtime: Runtime, account: Account, refresh: RefreshToken) -> Tokens:
    claims = _officer_claims(account, refresh.sid)
    return Tokens(
        access_token=await _signed(session, runtime, claims),
        token_type=_BEARER,
        expires_in=ACCESS_SECONDS,
        scope=claims["scope"],
        refresh_token=refresh.write(runtime.keyring),
    )


async def _signed(session: AsyncSession, runtime: Runtime, claims: dict[str, Any]) -> str:
    now = int(clock.system_now().timestamp())
    common = {"iss": ISSUER, "aud": AUDIENCE, "iat": now, "exp": now + ACCESS_SECONDS, "jti": str(uuid4())}
    return await keys.sign(session, runtime.keyring, common | claims)


def _principal(account: Account, sid: UUID) -> Principal:
    return principal_of(_officer_claims(account, sid))


def _officer_claims(account: Account, sid: UUID) -> dict[str, Any]:
    return {
        "sub": str(account.id),
        "sid": str(sid),
        "role": rules.role_of(account.region).value,
        "region": account.region,
        "department": account.department,
        "duties": account.duties,
        "scope": " ".join(sorted(rules.scopes(set(account.duties)))),
    }


def _client_claims(client: Client, scopes: set[str]) -> dict[str, Any]:
    """An organisation's token has no region: it sees its own rows, never a region's."""
    claims = {
        "sub": clients.subject(client),
        "sid": str(client.sid),
        "role": client.role,
        "client_id": client.id,
        "scope": " ".join(sorted(scopes)),
    }
    if client.role == Role.ORGANISATION:
        return claims | {"org": str(client.organisation_id)}
    return claims | ({"region": client.region} if client.region else {})
