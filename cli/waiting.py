"""Waiting for what the platform does by itself: by asking again, with a deadline."""

import time
from collections.abc import Callable
from typing import Any, TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from cli.errors import CommandError

PAUSE_SECONDS = 0.1

Seen = TypeVar("Seen")


def until(what: str, ask: Callable[[], Seen], right: Callable[[Seen], bool], *, seconds: float = 30.0) -> Seen:
    """Ask until the answer is right, and return it. Raises CommandError with what was seen last."""
    deadline = time.monotonic() + seconds
    while True:
        seen = ask()
        if right(seen):
            return seen
        if time.monotonic() > deadline:
            raise CommandError(f"{what}: not within {seconds:.0f} s. Seen last: {seen!r:.500}")
        time.sleep(PAUSE_SECONDS)


def bar(
    console: Console,
    what: str,
    ask: Callable[[], dict[str, Any]],
    count: Callable[[dict[str, Any]], tuple[int, int | None]],
    *,
    seconds: float = 300.0,
) -> dict[str, Any]:
    """Show a background job's way to its end, `done` or `failed`, and return its last state. `count` reads from a state
    how much is done, of how much (None while that is not known)."""
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=console) as progress:
        task = progress.add_task(what, total=None)

        def look() -> dict[str, Any]:
            state = ask()
            done, total = count(state)
            progress.update(task, completed=done, total=total)
            return state

        return until(what, look, lambda seen: seen["state"] in ("done", "failed"), seconds=seconds)
