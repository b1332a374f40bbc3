"""The dated versions of one subject, such that the order in which they came does not matter.

On any day that version holds which is the latest (by number) of those in force by then. So a version is of no more
use once a later one is in force from the same day or before: what remains rises in number and in date together.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Generic, NamedTuple, TypeVar

S = TypeVar("S")


class Entry(NamedTuple, Generic[S]):
    """One version: `state` holds from `since` on. None: the subject was deleted."""

    number: int
    since: date
    state: S | None


def canonical(entries: Iterable[Entry[S]]) -> list[Entry[S]]:
    """The versions that are in force on some day, earliest first. Of two with the same number the first given stays."""
    kept: list[Entry[S]] = []
    unique = {entry.number: entry for entry in reversed(list(entries))}
    for entry in sorted(unique.values(), key=lambda each: each.number, reverse=True):
        if not kept or entry.since < kept[-1].since:
            kept.append(entry)
    return kept[::-1]


def on(timeline: Sequence[Entry[S]], day: date) -> S | None:
    """The state on a day. Before the first version that is known, the first holds: it may have come late."""
    state = timeline[0].state if timeline else None
    for entry in timeline:
        if entry.since > day:
            break
        state = entry.state
    return state
