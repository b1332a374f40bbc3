"""The lock-out: five wrong passwords for a name, and it rests for a quarter of an hour.

Counted before the password is looked at, in a transaction of its own, so that many at once get no more guesses than
one after another; by name, so that changing addresses does not help; for names without an account as well, so that
the lock does not tell which exist. A right password begins the count anew. The price: who wants to can keep somebody
else out for as long as he goes on trying.
"""

import math
from datetime import timedelta
from typing import Any

from sqlalchemy import case, delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.tokens.errors import LockedOut
from gateway.tokens.models import LoginAttempt
from shared import clock
from shared.crypto import Keyring

ALLOWED = 5
WINDOW = timedelta(minutes=15)

_attempt: Any = LoginAttempt


async def count(session: AsyncSession, keyring: Keyring, username: str) -> float:
    """Count one attempt. Returns the seconds that the name still rests; 0 when it may go on."""
    now = clock.system_now()
    over = _attempt.since < now - WINDOW
    counted = (
        insert(LoginAttempt)
        .values(name_hmac=_hmac(keyring, username), attempts=1, since=now)
        .on_conflict_do_update(
            index_elements=["name_hmac"],
            set_={
                "attempts": case((over, 1), else_=_attempt.attempts + 1),
                "since": case((over, now), else_=_attempt.since),
            },
        )
        .returning(_attempt.attempts, _attempt.since)
    )
    attempts, since = (await session.execute(counted)).one()
    return (since + WINDOW - now).total_seconds() if attempts > ALLOWED else 0


def refuse(seconds: float) -> None:
    """Raises `LockedOut` unless the name may go on."""
    if seconds > 0:
        raise LockedOut(headers={"Retry-After": str(math.ceil(seconds))})


async def forgive(session: AsyncSession, keyring: Keyring, username: str) -> None:
    await session.execute(delete(LoginAttempt).where(_attempt.name_hmac == _hmac(keyring, username)))


async def forget(session: AsyncSession) -> None:
    """Delete the counts whose window is over."""
    await session.execute(delete(LoginAttempt).where(_attempt.since < clock.system_now() - WINDOW))


def _hmac(keyring: Keyring, username: str) -> bytes:
    return keyring.fingerprint(username, "username")
