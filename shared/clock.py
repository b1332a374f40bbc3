"""Two clocks. The system's stamps tokens, audit and outbox. The business clock decides deadlines and policies.

`BANGFU_BUSINESS_TIME` (ISO 8601 with offset) holds the business clock still, for the demo and for tests; a
production setting refuses it. Dates are those of Beijing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

BEIJING = ZoneInfo("Asia/Shanghai")

_held: datetime | None = None
_moved: ContextVar[datetime | None] = ContextVar("business_time", default=None)


def system_now() -> datetime:
    return datetime.now(UTC)


def business_now() -> datetime:
    return _moved.get() or _held or datetime.now(BEIJING)


def today() -> date:
    """The business date in Beijing."""
    return business_now().astimezone(BEIJING).date()


def hold(at: datetime | None) -> None:
    """Hold this process's business clock at one instant (None lets it run). Called once, from the settings."""
    global _held
    if at is not None and at.tzinfo is None:
        raise ValueError("BANGFU_BUSINESS_TIME needs an offset, such as 2018-06-28T09:00:00+08:00")
    _held = at.astimezone(BEIJING) if at else None


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Move the business clock inside a block (tests)."""
    token = _moved.set(moment.astimezone(BEIJING))
    try:
        yield
    finally:
        _moved.reset(token)
