"""Registry, as far as reporting asks it: the names of divisions."""

import time
from collections.abc import Iterable
from weakref import WeakKeyDictionary

from shared.client import ServiceClient

_KEPT_SECONDS = 600.0
_AT_ONCE = 2000

_Known = dict[str, tuple[str, float]]
_known: WeakKeyDictionary[ServiceClient, _Known] = WeakKeyDictionary()
"""Names seldom change: each process remembers those it has asked for, for ten minutes."""


async def region_names(client: ServiceClient, codes: Iterable[str]) -> dict[str, str]:
    """Names by code, of those that registry knows. Raises `Unavailable` when it has to be asked and does not answer."""
    wanted, now = sorted(set(codes)), time.monotonic()
    known = _known.setdefault(client, {})
    missing = [code for code in wanted if code not in known or known[code][1] < now]
    for start in range(0, len(missing), _AT_ONCE):
        body = {"codes": missing[start : start + _AT_ONCE]}
        names: dict[str, str] = await client.request("POST", "/registry/internal/regions/names", json=body)
        known.update({code: (name, now + _KEPT_SECONDS) for code, name in names.items()})
    return {code: known[code][0] for code in wanted if code in known}
