"""Writes that are safe to repeat: `Idempotency-Key` (HMAC of the body is kept, never the body or the answer).

The key row is inserted first, in the request's own transaction: of two that come at once the second waits for the
first to commit or fail. A repetition renders the resource again; another body under the same key is refused.
"""

import hashlib
import hmac
from typing import Annotated, Literal

from fastapi import Depends, Header, Request
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from shared.auth import Principal
from shared.crypto import Keyring
from shared.errors import FieldError, Invalid, PreconditionRequired, Text
from shared.tables import idempotency_key as keys

Keep = Literal["week", "forever"]
_KEY = Header(
    alias="Idempotency-Key", min_length=8, max_length=100, pattern=r"^[A-Za-z0-9._:-]+$",
    description="幂等键:重复提交同一请求时不会重复办理 the same request sent again is carried out once",
)  # fmt: skip


class Once:
    """One use of a key. `claim` says whether this is the first time; `done` notes what was made."""

    def __init__(self, request: Request, key: str | None) -> None:
        self._request, self._key = request, key

    async def claim(self, session: AsyncSession, caller: Principal, keep: Keep = "week") -> str | None:
        """None the first time (or without a key); the id of the resource made then when it is a repetition."""
        if self._key is None:
            return None
        digest = await self._body_hmac()
        values = {"subject": caller.subject, "route": self._route, "key": self._key}
        first = await session.scalar(
            insert(keys)
            .values(**values, body_hmac=digest, status=0, keep=keep)
            .on_conflict_do_nothing()
            .returning(keys.c.key)
        )
        if first is not None:
            self._subject = caller.subject
            return None
        row = (await session.execute(select(keys).filter_by(**values))).one()
        if not hmac.compare_digest(row.body_hmac, digest):
            text = Text("该幂等键已用于另一份内容", "This Idempotency-Key was used with another body")
            raise Invalid(text, errors=[FieldError("/header/Idempotency-Key", text, "key_reused")])
        return str(row.resource_id)

    async def done(self, session: AsyncSession, resource_id: object, status: int = 201) -> None:
        if self._key is not None:
            await session.execute(
                update(keys)
                .filter_by(subject=self._subject, route=self._route, key=self._key)
                .values(resource_id=str(resource_id), status=status)
            )

    async def _body_hmac(self) -> bytes:
        body = hashlib.sha256(await self._request.body()).hexdigest()
        keyring: Keyring = self._request.app.state.runtime.keyring
        return keyring.fingerprint(body, "idempotency")

    @property
    def _route(self) -> str:
        return f"{self._request.method} {self._request.url.path}"


async def _optional(request: Request, key: Annotated[str | None, _KEY] = None) -> Once:
    return Once(request, key)


async def _required(request: Request, key: Annotated[str | None, _KEY] = None) -> Once:
    if key is None:
        raise PreconditionRequired(Text("请提供 Idempotency-Key 请求头", "An Idempotency-Key header is required here"))
    return Once(request, key)


OptionalKey = Annotated[Once, Depends(_optional)]
RequiredKey = Annotated[Once, Depends(_required)]
"""For bulk and money."""
