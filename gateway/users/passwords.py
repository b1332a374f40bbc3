"""Passwords: argon2id, in few threads, because each hash takes memory and a processor.

Parameters are those of OWASP's Password Storage Cheat Sheet (argon2id, 19 MiB, two passes, one lane).
"""

import asyncio
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from shared.errors import FieldError, Text, Unavailable

T = TypeVar("T")

MIN_LENGTH, MAX_LENGTH = 12, 128
_CLASSES = 3
_THREADS = 2
_WAITING = 64
"""More callers than this would wait for longer than they are willing to: they are told to come back."""

_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="argon2")
_waiting = 0


async def hashed(password: str) -> str:
    """Raises `Unavailable` when too many wait."""
    return await _in_pool(lambda: _hasher.hash(password))


async def matches(password: str, password_hash: str | None) -> bool:
    """Whether it is the password. Without a hash (no such account) it takes as long, and is not."""
    given = password[: MAX_LENGTH + 1]
    right = await _in_pool(lambda: _verify(password_hash or _nobodys, given))
    return right and password_hash is not None


def generate() -> str:
    """A password of 16 characters that holds the rules."""
    while True:
        password = secrets.token_urlsafe(12)
        if not faults(password):
            return password


def faults(password: str, username: str = "") -> list[FieldError]:
    """What a new password lacks."""
    kinds = (str.islower, str.isupper, str.isdigit, lambda c: not c.isalnum())
    found = []
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        found.append(Text(f"密码长度应为 {MIN_LENGTH} 至 {MAX_LENGTH} 位", "A password has 12 to 128 characters"))
    if sum(any(map(kind, password)) for kind in kinds) < _CLASSES:
        found.append(
            Text("密码应含大写、小写、数字、符号中的三类", "Use three of: capitals, small letters, digits, signs")
        )
    if username and username in password.lower():
        found.append(Text("密码不得包含用户名", "The password must not contain the username"))
    return [FieldError("/new_password", text, "weak_password") for text in found]


async def _in_pool(work: Callable[[], T]) -> T:
    global _waiting
    if _waiting >= _WAITING:
        raise Unavailable(retry_after=2)
    _waiting += 1
    try:
        return await asyncio.get_running_loop().run_in_executor(_pool, work)
    finally:
        _waiting -= 1


def _verify(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


_nobodys = _hasher.hash(secrets.token_urlsafe(16))
