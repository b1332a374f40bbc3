"""Sessions: begun by a login, carried on by refresh tokens, ended by logout, expiry, or a change of the account.

A refresh token is `sid.generation.mac`, the MAC keyed with the platform's key file: nothing of it lies in the database
but the number of the present generation, so one row tells a good token from one that was used before (RFC 9700,
4.14.2) and from a forged one.
"""

import hmac
from collections.abc import Iterable
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import CursorResult, delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.sessions.models import LoginSession, Revocation
from shared import clock
from shared.auth import ACCESS_SECONDS, STALE_SECONDS
from shared.crypto import Keyring

LIFE = timedelta(hours=12)
"""A working day: after it the officer logs in again."""

_REMEMBERED = timedelta(seconds=ACCESS_SECONDS + STALE_SECONDS)
_sessions: Any = LoginSession
_revocations: Any = Revocation


class RefreshToken(NamedTuple):
    """A refresh token whose MAC is right."""

    sid: UUID
    generation: int

    def write(self, keyring: Keyring) -> str:
        return f"{self._signed()}.{self._mac(keyring)}"

    @classmethod
    def read(cls, token: str, keyring: Keyring) -> "RefreshToken | None":
        """None for what this platform did not write."""
        try:
            sid, generation, mac = token.split(".")
            made = cls(UUID(sid), int(generation))
        except ValueError:
            return None
        right = hmac.compare_digest(mac.encode(), made._mac(keyring).encode())
        return made if right and token == made.write(keyring) else None

    def _signed(self) -> str:
        return f"{self.sid}.{self.generation}"

    def _mac(self, keyring: Keyring) -> str:
        return keyring.fingerprint(self._signed(), "refresh-token").hex()


async def begin(session: AsyncSession, account_id: UUID) -> RefreshToken:
    sid = uuid4()
    await session.execute(
        insert(LoginSession).values(sid=sid, account_id=account_id, generation=0, expires_at=clock.system_now() + LIFE)
    )
    return RefreshToken(sid, 0)


async def carry_on(session: AsyncSession, token: RefreshToken) -> tuple[UUID, RefreshToken] | None:
    """Use a refresh token: the account and the next token. None when it is not that of the present generation."""
    account_id = await session.scalar(
        update(LoginSession)
        .where(
            _sessions.sid == token.sid,
            _sessions.generation == token.generation,
            _sessions.expires_at > clock.system_now(),
        )
        .values(generation=token.generation + 1)
        .returning(_sessions.account_id)
    )
    return None if account_id is None else (account_id, RefreshToken(token.sid, token.generation + 1))


async def end(session: AsyncSession, sid: UUID) -> bool:
    """Refuse the session's tokens from now on. False when it had ended before."""
    ended: CursorResult[Any] = await session.execute(delete(LoginSession).where(_sessions.sid == sid))  # type: ignore[assignment]
    if ended.rowcount:
        await revoke(session, [sid])
    return bool(ended.rowcount)


async def end_reused(session: AsyncSession, token: RefreshToken) -> bool:
    """End the session of a refresh token that was used before: somebody else holds a copy. False when it was not."""
    ended: CursorResult[Any] = await session.execute(  # type: ignore[assignment]
        delete(LoginSession).where(_sessions.sid == token.sid, _sessions.generation > token.generation)
    )
    if ended.rowcount:
        await revoke(session, [token.sid])
    return bool(ended.rowcount)


async def end_all(session: AsyncSession, account_id: UUID) -> None:
    """End every session of an account, as when it is disabled or its duties change."""
    ended = await session.scalars(
        delete(LoginSession).where(_sessions.account_id == account_id).returning(_sessions.sid)
    )
    await revoke(session, list(ended))


async def revoke(session: AsyncSession, sids: Iterable[UUID]) -> None:
    rows = [{"sid": sid, "revoked_at": clock.system_now()} for sid in sids]
    if rows:
        await session.execute(upsert(Revocation).values(rows).on_conflict_do_nothing())


async def revoked(session: AsyncSession) -> list[str]:
    """The session ids whose access tokens may not have expired yet."""
    since = clock.system_now() - _REMEMBERED
    sids = await session.scalars(
        select(_revocations.sid).where(_revocations.revoked_at > since).order_by(_revocations.sid)
    )
    return [str(sid) for sid in sids]


async def forget(session: AsyncSession) -> None:
    """Delete what has expired."""
    now = clock.system_now()
    await session.execute(delete(LoginSession).where(_sessions.expires_at < now))
    await session.execute(delete(Revocation).where(_revocations.revoked_at < now - _REMEMBERED))
