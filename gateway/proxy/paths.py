"""Where a request may go: a path is read in one way only, or refused, before anything is routed by it.

A proxy and the service behind it can disagree about `/registry/v1/%2e%2e/internal/…`: one sees a harmless segment,
the other a way out. The door does not guess. It accepts only paths that are already canonical and passes them on
byte for byte, so that both see the same.
"""

import re
from collections.abc import Mapping
from typing import TypeVar
from urllib.parse import unquote_to_bytes

from gateway.proxy.errors import AmbiguousTarget
from shared.errors import NotFound, Text

T = TypeVar("T")

# What most requests look like: segments of plain characters that do not begin with a dot.
_PLAIN = re.compile(rb"(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+/?")
# RFC 3986 path characters without ";", whose parameters some servers cut off before they route.
_PATH = re.compile(rb"/(?:[A-Za-z0-9._~!$&'()*+,=:@/-]|%[0-9A-Fa-f]{2})*")
# Empty segments; dot segments; encoded NUL to US, %, ., /, ;, \ and DEL. An encoded % is double encoding.
_AMBIGUOUS = re.compile(
    rb"//|/\.\.?(?:/|$)|%[01][0-9A-F]|%2[5EF]|%3B|%5C|%7F",
    re.IGNORECASE,
)
# The parsers in front let some of these through in a query; none is legal there unencoded.
_QUERY_REFUSED = re.compile(rb"[^\x21-\x7e]|#")

_NO_ROUTE = Text("没有这个地址", "Nothing is served at this address")


def check_target(raw_path: bytes, query: bytes) -> None:
    """Refuse every target that has more than one reading. What passes is canonical as it stands.

    An absolute-form target (`GET http://evil/x`) does not begin with a slash and is refused by the same rule.
    """
    if _PLAIN.fullmatch(raw_path) is None:
        _check_path(raw_path)
    if query and _QUERY_REFUSED.search(query):
        raise AmbiguousTarget


def _check_path(raw_path: bytes) -> None:
    if _PATH.fullmatch(raw_path) is None or _AMBIGUOUS.search(raw_path):
        raise AmbiguousTarget
    try:
        unquote_to_bytes(raw_path).decode("utf-8")  # an overlong form hides a slash or dot
    except UnicodeDecodeError:
        raise AmbiguousTarget from None


def route(raw_path: bytes, services: Mapping[bytes, T]) -> T:
    """The service that owns `/<service>/v1/…`. Anything else, `/<service>/internal/…` included, is not routed."""
    name, _, rest = raw_path[1:].partition(b"/")
    service = services.get(name)
    if service is None or not rest.startswith(b"v1/"):
        raise NotFound(_NO_ROUTE)
    return service
