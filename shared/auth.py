"""Who is calling: access tokens of the gateway, verified by every service itself.

EdDSA only. `exp iss aud sub` are required; `aud` is `bangfu`. A verified token is remembered by its hash until it
expires. `Trust` holds the gateway's public keys and the revoked sessions; a service polls both and, when what it knows
is older than a minute, answers 503 rather than believe a token that may have been revoked.
"""

import base64
import hashlib
import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any
from uuid import UUID

import jwt

from shared import clock, regions
from shared.database import Scope
from shared.errors import Text, Unauthenticated, Unavailable

ISSUER = "bangfu-gateway"
AUDIENCE = "bangfu"
ALGORITHM = "EdDSA"
ACCESS_SECONDS = 600
STALE_SECONDS = 60.0
POLL_SECONDS = 15.0
_REMEMBERED = 10_000


class Role(StrEnum):
    """An officer's role is the level of the region; machines have roles of their own."""

    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    TOWNSHIP = "township"
    VILLAGE = "village"
    ORGANISATION = "organisation"
    SYSTEM = "system"
    SERVICE = "service"


OFFICERS = frozenset({Role.PROVINCE, Role.CITY, Role.COUNTY, Role.TOWNSHIP, Role.VILLAGE})


class Duty(StrEnum):
    REGISTRAR = "registrar"
    REVIEWER = "reviewer"
    FINANCE = "finance"
    APPROVER = "approver"
    REPORTER = "reporter"
    AUDITOR = "auditor"
    ADMIN = "admin"


class Department(StrEnum):
    HRSS = "hrss"
    AGRICULTURE = "agriculture"
    FINANCE = "finance"


@dataclass(frozen=True, slots=True)
class Principal:
    """The caller that a token names."""

    subject: str
    role: Role
    sid: str
    region: str | None = None
    department: str | None = None
    duties: frozenset[str] = frozenset()
    scopes: frozenset[str] = frozenset()
    org: UUID | None = None
    client_id: str | None = None
    acting_for: str | None = None
    token: str = field(default="", repr=False, compare=False)

    @property
    def is_officer(self) -> bool:
        return self.role in OFFICERS

    def on_behalf_of(self, user: str | None) -> "Principal":
        """A service's own token, naming the user for whom it acts (for the audit log; it adds no right)."""
        return replace(self, acting_for=user)

    @property
    def database_scope(self) -> Scope:
        return Scope(region=self.region, org=self.org)


class Trust:
    """The gateway's public keys by `kid`, and the sessions it has revoked."""

    def __init__(self, keys: Mapping[str, Any] | None = None, *, always_fresh: bool = False) -> None:
        self._keys: dict[str, Any] = dict(keys or {})
        self._revoked: frozenset[str] = frozenset()
        self._refreshed = time.monotonic() if keys else float("-inf")
        self._always_fresh = always_fresh

    def refresh(self, jwks: Mapping[str, Any], revoked: Iterable[str]) -> None:
        self._keys = {key["kid"]: jwt.PyJWK(key, algorithm=ALGORITHM).key for key in jwks["keys"]}
        self._revoked = frozenset(revoked)
        self._refreshed = time.monotonic()

    @property
    def loaded(self) -> bool:
        return bool(self._keys)

    def key(self, kid: str) -> Any:
        try:
            return self._keys[kid]
        except KeyError:
            raise Unauthenticated(_UNTRUSTED) from None

    def require_fresh(self) -> None:
        if not self._always_fresh and time.monotonic() - self._refreshed > STALE_SECONDS:
            raise Unavailable(
                Text("暂时无法确认令牌是否已注销,请稍后重试", "Cannot tell at present whether the token was revoked")
            )

    def is_revoked(self, sid: str) -> bool:
        return sid in self._revoked


_UNTRUSTED = Text("令牌签名无效", "The token's signature is not trusted")
_EXPIRED = Text("令牌已过期,请重新登录", "The token has expired: log in again")
_REVOKED = Text("令牌已注销,请重新登录", "The token was revoked: log in again")
_MALFORMED = Text("令牌内容不完整", "The token's claims are not complete")


class TokenVerifier:
    """Turns a bearer token into a `Principal`, or raises `Unauthenticated` (bad) or `Unavailable` (cannot tell)."""

    def __init__(self, trust: Trust) -> None:
        self.trust = trust
        self._known: dict[bytes, tuple[Principal, float]] = {}

    def verify(self, token: str) -> Principal:
        self.trust.require_fresh()
        digest = hashlib.sha256(token.encode()).digest()
        known = self._known.get(digest)
        if known is None:
            known = self._verify(token)
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[digest] = known
        principal, expires = known
        if expires <= clock.system_now().timestamp():
            self._known.pop(digest, None)
            raise Unauthenticated(_EXPIRED)
        if self.trust.is_revoked(principal.sid):
            raise Unauthenticated(_REVOKED)
        return principal

    def _verify(self, token: str) -> tuple[Principal, float]:
        try:
            kid = jwt.get_unverified_header(token).get("kid")
            claims = jwt.decode(
                token,
                self.trust.key(str(kid)),
                algorithms=[ALGORITHM],
                audience=AUDIENCE,
                issuer=ISSUER,
                options={"require": ["exp", "iss", "aud", "sub", "sid", "role"]},
            )
            _refuse_repeated_claims(token)
        except jwt.ExpiredSignatureError:
            raise Unauthenticated(_EXPIRED) from None
        except (jwt.InvalidTokenError, ValueError):
            raise Unauthenticated(_UNTRUSTED) from None
        return principal_of(claims, token), float(claims["exp"])


def _refuse_repeated_claims(token: str) -> None:
    """Raises ValueError: of a claim that stands twice, one program believes the first and another the last."""
    for part in token.split(".")[:2]:
        json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)), object_pairs_hook=_once_each)


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(names := dict(pairs)) != len(pairs):
        raise ValueError("a name stands twice")
    return names


def principal_of(claims: Mapping[str, Any], token: str = "") -> Principal:
    """The caller named by verified claims. Raises `Unauthenticated` when role, region and organisation do not agree."""
    try:
        role = Role(claims["role"])
        region, org = claims.get("region"), claims.get("org")
        if role in OFFICERS and regions.level(str(region)).value != role.value:
            raise ValueError("the role is not the level of the region")
        if (role is Role.ORGANISATION) != (org is not None) or (region is not None and not regions.is_code(region)):
            raise ValueError("organisation and region do not fit the role")
        return Principal(
            subject=str(claims["sub"]),
            role=role,
            sid=str(claims["sid"]),
            region=region,
            department=claims.get("department"),
            duties=frozenset(claims.get("duties", ())),
            scopes=frozenset(str(claims.get("scope", "")).split()),
            org=UUID(org) if org else None,
            client_id=claims.get("client_id"),
            acting_for=claims.get("acting_for"),
            token=token,
        )
    except (KeyError, ValueError, TypeError, AttributeError):
        raise Unauthenticated(_MALFORMED) from None


def bearer(authorization: str | None) -> str | None:
    """The token of an Authorization header; None without one. Raises `Unauthenticated` for another scheme."""
    if authorization is None:
        return None
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated(Text("请使用 Bearer 令牌", "Use a Bearer token"))
    return token.strip()
