"""The audit log: append-only, hash-chained.

`record` writes an entry in the caller's own transaction (what did not happen is not claimed); `record_apart` in one of
its own (what must survive a refusal). The worker seals entries in the order of the feed rule, each seal's hash taking
in the seal before it, so that no writer waits for another. `verify` finds an edited, removed or reordered entry.
"""

import hashlib
from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson
import structlog
from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from shared import clock
from shared.auth import Principal
from shared.database import Database
from shared.tables import audit_entry, audit_seal

_SEAL_LOCK = 0x7365616C
_GENESIS = bytes(32)
_SEALED_FIELDS = (
    "id at action actor role region subject purpose result request_id details".split()  # noqa: SIM905
)


class Finding(NamedTuple):
    """The first entry at which the log no longer agrees with its seals."""

    position: int
    entry_id: int
    reason: str


async def record(
    session: AsyncSession,
    action: str,
    caller: Principal | None,
    subject: object = None,
    *,
    purpose: str | None = None,
    result: str = "done",
    **details: Any,
) -> None:
    """Append one entry. `action` is `source:subject:action`; `details` hold ids, codes and counts only."""
    await session.execute(
        insert(audit_entry).values(
            at=clock.system_now(),
            action=action,
            actor=caller.subject if caller else "anonymous",
            role=caller.role if caller else "none",
            region=caller.region if caller else None,
            subject=None if subject is None else str(subject),
            purpose=purpose,
            result=result,
            request_id=structlog.contextvars.get_contextvars().get("request_id"),
            details=details,
        )
    )


async def record_apart(
    database: Database, action: str, caller: Principal | None, subject: object = None, **rest: Any
) -> None:
    """Append one entry in a transaction of its own."""
    async with database.session() as session:
        await record(session, action, caller, subject, **rest)


async def seal(session: AsyncSession, limit: int = 1000) -> int:
    """Seal the entries that no running transaction can still precede. Returns how many."""
    await session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _SEAL_LOCK})
    last = (await session.execute(select(audit_seal).order_by(audit_seal.c.position.desc()).limit(1))).one_or_none()
    position, previous = (last.position, last.hash) if last else (0, _GENESIS)
    unsealed = (
        select(audit_entry)
        .outerjoin(audit_seal, audit_seal.c.entry_id == audit_entry.c.id)
        .where(audit_seal.c.entry_id.is_(None), text("xid < pg_snapshot_xmin(pg_current_snapshot())"))
        .order_by(audit_entry.c.xid, audit_entry.c.id)
        .limit(limit)
    )
    seals = []
    for entry in (await session.execute(unsealed)).mappings():
        position, previous = position + 1, _hash(previous, entry)
        seals.append({"position": position, "entry_id": entry["id"], "hash": previous})
    if seals:
        await session.execute(insert(audit_seal), seals)
    return len(seals)


async def verify(session: AsyncSession) -> Finding | None:
    """Recompute the chain. None when every sealed entry is as it was, in place and in order."""
    statement = (
        select(audit_seal.c.position, audit_seal.c.entry_id, audit_seal.c.hash, audit_entry)
        .outerjoin(audit_entry, audit_entry.c.id == audit_seal.c.entry_id)
        .order_by(audit_seal.c.position)
    )
    previous, expected = _GENESIS, 1
    async for row in (await session.stream(statement)).mappings():
        position = row[audit_seal.c.position]
        entry_id = row[audit_seal.c.entry_id]
        if position != expected:
            return Finding(expected, entry_id, "a seal is missing")
        if row[audit_entry.c.id] is None:
            return Finding(position, entry_id, "the entry is missing")
        previous, expected = _hash(previous, row), expected + 1
        if previous != row[audit_seal.c.hash]:
            return Finding(position, entry_id, "the entry is not what was sealed")
    return None


def _hash(previous: bytes, entry: Mapping[Any, Any]) -> bytes:
    content = [entry[getattr(audit_entry.c, name)] for name in _SEALED_FIELDS]
    return hashlib.sha256(previous + orjson.dumps(content, option=orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z)).digest()
