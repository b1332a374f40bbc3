"""Which headers cross the door, in each direction.

Names are judged once and remembered: the same few dozen names come with every request.
"""

import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address

from gateway.proxy.errors import AmbiguousHeaders, UpgradeRefused

Raw = Sequence[tuple[bytes, bytes]]

# RFC 9110, 7.6.1: they belong to one connection, not to the message.
_HOP_BY_HOP = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    }
)
# What a service may believe because the door alone sets it, and what the door answers itself (Host, Expect).
_SET_BY_THE_DOOR = frozenset(
    {
        b"host",
        b"content-length",
        b"expect",
        b"forwarded",
        b"x-request-id",
        b"x-real-ip",
        b"x-original-url",
        b"x-rewrite-url",
    }
)
_IDENTITY_PREFIXES = (b"x-bangfu-", b"x-user", b"x-forwarded-", b"x-auth", b"x-remote-", b"x-client-")
# Headers that mean two things when they come twice.
_ONCE = frozenset(
    {b"host", b"content-length", b"transfer-encoding", b"authorization", b"content-type", b"idempotency-key"}
)

_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{8,64}")
_DIGITS = re.compile(rb"[0-9]{1,18}")
_LINE_BREAK = re.compile(rb"[\r\n\0]")


@lru_cache(maxsize=1024)
def _goes_on(name: bytes) -> bool:
    """Whether a service gets this header. `X_User` and `X-User` are one to some servers, so `_` never passes."""
    return not (name in _HOP_BY_HOP or name in _SET_BY_THE_DOOR or b"_" in name or name.startswith(_IDENTITY_PREFIXES))


@lru_cache(maxsize=1024)
def _response_name(name: bytes) -> bytes | None:
    """The lower-case name to pass on, or None. The door's own server sets Date, and names no software."""
    lower = name.lower()
    if lower in _HOP_BY_HOP or lower in (b"date", b"server", b"x-request-id"):
        return None
    return lower


@dataclass(slots=True)
class Inbound:
    """A request's headers, read once: the lines that go on, and what the door itself needs to know."""

    lines: list[bytes]
    length: int | None
    chunked: bool
    request_id: bytes
    forwarded_for: bytes | None

    @property
    def has_body(self) -> bool:
        return self.chunked or bool(self.length)


def make_request_id() -> bytes:
    """Random, to tell requests apart in the logs; nobody needs to be unable to guess it."""
    return b"%032x" % random.getrandbits(128)


def inbound(headers: Raw) -> Inbound:
    """Read a request's headers (names in lower case, as ASGI gives them).

    Raises AmbiguousHeaders when one that frames or identifies the request comes twice, UpgradeRefused for upgrades.
    """
    lines: list[bytes] = []
    seen = dict(headers)
    if len(seen) != len(headers):
        _refuse_repeated(headers)
    if b"upgrade" in seen:
        raise UpgradeRefused(headers={"Connection": "close"})
    named = _named_by_connection(headers) if b"connection" in seen else ()
    for name, value in headers:
        if _goes_on(name) and name not in named:
            if _LINE_BREAK.search(value):
                raise AmbiguousHeaders(headers={"Connection": "close"})
            lines.append(b"%s: %s\r\n" % (name, value))
    length, chunked = _framing(seen)
    given = seen.get(b"x-request-id", b"")
    request_id = given if _REQUEST_ID.fullmatch(given) else make_request_id()
    forwarded = b",".join(v for n, v in headers if n == b"x-forwarded-for") if b"x-forwarded-for" in seen else None
    return Inbound(lines, length, chunked, request_id, forwarded)


def address_to_service(request: Inbound, client: str) -> None:
    """Tell the service who asked: the address that the door believes, and the id under which all of them log."""
    request.lines.append(b"x-forwarded-for: %s\r\nx-request-id: %s\r\n" % (client.encode(), request.request_id))


def outbound(headers: Iterable[tuple[bytes, bytes]], status: int) -> list[tuple[bytes, bytes]]:
    """The headers of a service's answer that go on to the client; repeated ones stay repeated, in their order."""
    kept: list[tuple[bytes, bytes]] = []
    named: list[bytes] = []
    chunked = False
    for name, value in headers:
        lower = _response_name(name)
        if lower is not None:
            kept.append((lower, value))
        elif name.lower() == b"connection":
            named += _tokens(value)
        elif name.lower() == b"transfer-encoding":
            chunked = True
    drop = {name for name in named if name not in (b"close", b"keep-alive")}
    if chunked or status in (204, 304):
        drop.add(b"content-length")  # the body is framed anew, or there is none to measure
    return [item for item in kept if item[0] not in drop] if drop else kept


def client_address(peer: str, forwarded_for: bytes | None, trusted: Sequence[IPv4Network | IPv6Network]) -> str:
    """The nearest address that is not a configured proxy.

    Every proxy appends whom it saw, so the list is read from its right end; what stands left of the first stranger
    is only that stranger's word.
    """
    if not trusted or forwarded_for is None or not _within(peer, trusted):
        return peer
    client = peer
    for hop in reversed(forwarded_for.decode("latin-1").split(",")):
        try:
            client = str(ip_address(hop.strip()))
        except ValueError:
            return client
        if not _within(client, trusted):
            return client
    return client


def language(headers: Raw) -> str:
    """ "en" when the client prefers English to Chinese, else "zh"."""
    weights = {"zh": 0.0, "en": 0.0}
    for name, value in headers:
        if name == b"accept-language":
            for item in value.decode("latin-1").lower().split(","):
                tag, _, quality = item.strip().partition(";")
                primary = tag.strip().partition("-")[0]
                if primary in weights:
                    weights[primary] = max(weights[primary], _quality(quality))
    return "en" if weights["en"] > weights["zh"] else "zh"


def _quality(parameter: str) -> float:
    key, _, number = parameter.strip().partition("=")
    if key.strip() != "q":
        return 1.0
    try:
        return float(number)
    except ValueError:
        return 0.0


def _framing(seen: dict[bytes, bytes]) -> tuple[int | None, bool]:
    """Length and chunkedness of the body; both at once is how requests are smuggled."""
    coding, length = seen.get(b"transfer-encoding"), seen.get(b"content-length")
    if coding is None:
        if length is None:
            return None, False
        if _DIGITS.fullmatch(length) is None:
            raise AmbiguousHeaders(headers={"Connection": "close"})
        return int(length), False
    if length is not None or coding.strip().lower() != b"chunked":
        raise AmbiguousHeaders(headers={"Connection": "close"})
    return None, True


@lru_cache(maxsize=256)
def _tokens(value: bytes) -> tuple[bytes, ...]:
    """The header names that a Connection header lists, in lower case."""
    return tuple(token.strip().lower() for token in value.split(b",") if token.strip())


def _refuse_repeated(headers: Raw) -> None:
    names = [name for name, _ in headers]
    if any(names.count(name) > 1 for name in _ONCE):
        raise AmbiguousHeaders(headers={"Connection": "close"})


def _named_by_connection(headers: Raw) -> tuple[bytes, ...]:
    return sum((_tokens(value) for name, value in headers if name == b"connection"), ())


def _within(address: str, networks: Sequence[IPv4Network | IPv6Network]) -> bool:
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in networks)
