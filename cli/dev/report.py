"""What the supervisor says on the terminal."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape


class Report:
    """A line per step when it is done, and on a terminal a moving line while it is not."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(highlight=False, soft_wrap=True)

    @contextmanager
    def step(self, name: str) -> Iterator["Step"]:
        begun = time.monotonic()
        with self.console.status(escape(name)) as status:
            yield Step(name, status.update)
        self.console.print(f"[green]✓[/] {escape(name)} [dim]{time.monotonic() - begun:.1f} s[/]")

    def say(self, text: str) -> None:
        self.console.print(escape(text))

    def warn(self, text: str) -> None:
        self.console.print(f"[yellow]![/] {escape(text)}")


class Step:
    """A step under way; `doing` shows what it waits for."""

    def __init__(self, name: str, update: Callable[[str], None]) -> None:
        self._name = name
        self._update = update

    def doing(self, what: str) -> None:
        self._update(escape(f"{self._name}: {what}"))
