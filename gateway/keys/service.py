"""Signing keys through their life: published, signing, still trusted, gone.

    made ──AHEAD──▶ signs ── until the next signs ──▶ trusted ──BEHIND──▶ deleted

A service refuses every token when it has not read the keys for `STALE_SECONDS`. So a key that has been published for
longer than that is known wherever tokens are accepted at all, and a token stays verifiable until it expires.
"""

import base64
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import delete, insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import load_only

from gateway.keys.models import SigningKey
from shared import clock
from shared.auth import ACCESS_SECONDS, ALGORITHM, POLL_SECONDS, STALE_SECONDS
from shared.crypto import Keyring

AHEAD = timedelta(seconds=STALE_SECONDS + POLL_SECONDS)
BEHIND = timedelta(seconds=ACCESS_SECONDS + STALE_SECONDS)
ROTATE_AFTER = timedelta(days=90)

_LOCK = 0x6B657973  # "keys"
_keys: Any = SigningKey


async def ensure(session: AsyncSession, keyring: Keyring) -> None:
    """Make the first key unless there is one. Of gateways that start together one makes it."""
    await _alone(session)
    if await session.scalar(select(_keys.kid).limit(1)) is None:
        await _make(session, keyring, clock.system_now())


async def rotate(session: AsyncSession, keyring: Keyring) -> str:
    """Publish a new key, which signs from `AHEAD` on. Returns its kid; that of the key on its way when there is one."""
    await _alone(session)
    now = clock.system_now()
    coming = await session.scalar(select(_keys.kid).where(_keys.signs_from > now))
    return str(coming) if coming else await _make(session, keyring, now + AHEAD)


async def tend(session: AsyncSession, keyring: Keyring) -> None:
    """Rotate when the latest key is old, and delete the keys whose last token has expired."""
    now = clock.system_now()
    latest = await session.scalar(select(_keys.signs_from).order_by(_keys.signs_from.desc()).limit(1))
    if latest is not None and latest < now - ROTATE_AFTER:
        await rotate(session, keyring)
    gone = {key.kid for key in await _all(session)} - {key.kid for key in await published(session)}
    await session.execute(delete(SigningKey).where(_keys.kid.in_(gone)))


async def published(session: AsyncSession) -> list[SigningKey]:
    """The keys that tokens may be signed with now, soon, or were signed with and still hold."""
    keys = await _all(session)
    ends = [*(key.signs_from for key in keys[1:]), datetime.max.replace(tzinfo=clock.BEIJING)]
    dead = clock.system_now() - BEHIND
    return [key for key, ends_signing in zip(keys, ends, strict=False) if ends_signing > dead]  # no key, one end


async def jwks(session: AsyncSession) -> dict[str, Any]:
    """The published keys as a JSON Web Key Set (RFC 8037)."""
    return {"keys": [_jwk(key) for key in await published(session)]}


async def sign(session: AsyncSession, keyring: Keyring, claims: dict[str, Any]) -> str:
    """The claims as a token of the key that signs now."""
    key: SigningKey = (
        await session.scalars(
            select(SigningKey).where(_keys.signs_from <= clock.system_now()).order_by(_keys.signs_from.desc()).limit(1)
        )
    ).one()
    private = Ed25519PrivateKey.from_private_bytes(keyring.decrypt(key.private_key, _context(key.kid)))
    return jwt.encode(claims, private, algorithm=ALGORITHM, headers={"kid": key.kid})


async def _all(session: AsyncSession) -> list[SigningKey]:
    """Without the private halves, which requests may not read."""
    public = load_only(_keys.public_key, _keys.signs_from)
    return list(await session.scalars(select(SigningKey).options(public).order_by(_keys.signs_from)))


async def _make(session: AsyncSession, keyring: Keyring, signs_from: datetime) -> str:
    kid, private = uuid4().hex, Ed25519PrivateKey.generate()
    await session.execute(
        insert(SigningKey).values(
            kid=kid,
            public_key=private.public_key().public_bytes_raw(),
            private_key=keyring.encrypt(private.private_bytes_raw(), _context(kid)),
            made_at=clock.system_now(),
            signs_from=signs_from,
        )
    )
    return kid


async def _alone(session: AsyncSession) -> None:
    await session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})


def _context(kid: str) -> bytes:
    return f"signing_key:{kid}".encode()


def _jwk(key: SigningKey) -> dict[str, str]:
    x = base64.urlsafe_b64encode(key.public_key).decode().rstrip("=")
    return {"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": ALGORITHM, "kid": key.kid, "x": x}
