"""How much one request may take, and how many requests one caller may make.

All counts are kept in the memory of one process: with N gateway processes a caller can have up to N times the rate
and a service up to N times the concurrency (decision 0004).
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_address
from math import ceil

from shared.errors import Text, TooManyRequests

MIB = 1 << 20

_TOO_FAST = Text("请求过于频繁,请在 {seconds} 秒后重试", "Too many requests: try again in {seconds} s")


@dataclass(frozen=True, slots=True)
class Rate:
    """A token bucket: `burst` requests at once, refilled at `per_second`."""

    name: str
    per_second: float
    burst: int


# Who is counted, and how fast. Generous: a county's import tool stays below, a runaway script does not.
ANONYMOUS = Rate("address", per_second=20, burst=200)
SUBJECT = Rate("subject", per_second=100, burst=1000)


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes, times in seconds.

    `body` maps path prefixes to the largest body, the longest matching prefix wins. `concurrency` is per service.
    `rates` is (without token or with a bad one, per address; with a token, per subject), None switches them off.
    Only peers in `trusted_proxies` are believed about `X-Forwarded-For`.
    """

    body: Mapping[str, int] = field(default_factory=lambda: {"/": 2 * MIB})
    connect: float = 2.0
    first_byte: float = 30.0
    idle: float = 60.0
    concurrency: int = 256
    rates: tuple[Rate, Rate] | None = (ANONYMOUS, SUBJECT)
    trusted_proxies: Sequence[IPv4Network | IPv6Network] = ()


class BodyLimits:
    """The body limit of a path, by its longest matching prefix."""

    def __init__(self, by_prefix: Mapping[str, int]) -> None:
        rules = sorted(by_prefix.items(), key=lambda rule: len(rule[0]), reverse=True)
        if not rules or rules[-1][0] != "/":
            raise ValueError('the body limits need a rule for "/"')
        self._rules = [(prefix.encode("ascii"), size) for prefix, size in rules]

    def of(self, raw_path: bytes) -> int:
        return next(size for prefix, size in self._rules if raw_path.startswith(prefix))


class Buckets:
    """One token bucket per key, each kept as a single number: the moment at which it will be full again.

    A bucket whose moment has passed is full, so it need not be kept; a new key starts full (the generic cell rate
    algorithm). Memory is bounded by `most` keys.
    """

    def __init__(self, rate: Rate, *, most: int = 100_000, clock: Callable[[], float] = time.monotonic) -> None:
        self.rate = rate
        self.policy = f'"{rate.name}";q={rate.burst};w={ceil(rate.burst / rate.per_second)}'.encode()
        self._interval = 1 / rate.per_second
        self._capacity = rate.burst / rate.per_second
        self._full_at: dict[str, float] = {}
        self._most = most
        self._clock = clock

    def take(self, key: str) -> bytes:
        """Take one token and return the `RateLimit` header's value, or raise TooManyRequests with `Retry-After`."""
        now = self._clock()
        full_at = max(self._full_at.get(key, now), now) + self._interval
        wait = full_at - now
        if wait > self._capacity:
            seconds = ceil(wait - self._capacity)
            raise TooManyRequests(
                _TOO_FAST.format(seconds=seconds),
                headers={"Retry-After": str(seconds), "RateLimit": f'"{self.rate.name}";r=0;t={seconds}'},
            )
        if len(self._full_at) >= self._most and key not in self._full_at:
            self._forget(now)
        self._full_at[key] = full_at
        left = int((self._capacity - wait) * self.rate.per_second + 1e-6)
        return b'"%s";r=%d;t=%d' % (self.rate.name.encode(), left, ceil(wait))

    def _forget(self, now: float) -> None:
        """Drop the full buckets; under a flood of new keys also the half that is nearest to full."""
        kept = {key: at for key, at in self._full_at.items() if at > now}
        if len(kept) > self._most // 2:
            kept = dict(sorted(kept.items(), key=lambda item: item[1])[len(kept) - self._most // 2 :])
        self._full_at = kept

    def __len__(self) -> int:
        return len(self._full_at)


def address_key(address: str) -> str:
    """The bucket of an address. An IPv6 subscriber holds a /64 and would otherwise have 2⁶⁴ buckets."""
    if ":" not in address:
        return address
    try:
        return str(IPv6Network((int(ip_address(address)), 64), strict=False))
    except ValueError:
        return address
