"""The stage: who acts, what the audience sees of it, and what is expected of the platform."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from cli.client import Caller, Refused, by_password, by_secret
from cli.demo.story import Posted, Refusal, Story
from cli.errors import CommandError


class Wrong(CommandError):
    """The platform did not do what the play expects of it."""


class Stage:
    """The gateway, the accounts of its seed, and a folder for what the play hands out.

    `credentials` are what the gateway's seed wrote; `callers` are made when they first act and log in by themselves.
    """

    def __init__(self, base_url: str, credentials: Any, folder: Path, console: Console) -> None:
        self.base_url = base_url
        self.folder = folder
        self.console = console
        self.story = Story()
        self._ways = {one["username"]: by_password(one["username"], one["password"]) for one in credentials["users"]}
        self._ways |= {
            one["client_id"]: by_secret(one["client_id"], one["client_secret"]) for one in credentials["clients"]
        }
        self.posts = {one["username"]: one for one in credentials["users"]}
        self.programs = {one["client_id"]: one for one in credentials["clients"]}
        self._callers: dict[str, Caller] = {}

    def caller(self, name: str) -> Caller:
        """The account or client of this name."""
        if name not in self._callers:
            self._callers[name] = Caller(self.base_url, self._ways[name])
        return self._callers[name]

    def enrol(self, username: str, password: str) -> None:
        """An account that the play made itself, or its new password."""
        self._ways[username] = by_password(username, password)
        if known := self._callers.pop(username, None):
            known.close()

    @property
    def posted(self) -> Posted:
        """What the agency has posted by now."""
        if self.story.posted is None:
            raise Wrong("Nothing was posted yet.")
        return self.story.posted

    def close(self) -> None:
        for one in self._callers.values():
            one.close()

    def act(self, title: str) -> None:
        self.console.rule(f"[bold]{escape(title)}", align="left")

    @contextmanager
    def doing(self, who: str, what: str) -> Iterator[Caller]:
        """One thing that one account does: printed when it is done, with the time that it took."""
        begun = time.monotonic()
        yield self.caller(who)
        took = time.monotonic() - begun
        self.console.print(f"[green]✓[/] {escape(what)} [cyan]{escape(who)}[/] [dim]{took:.2f} s[/]")

    def refused(self, who: str, what: str, status: int, request: Callable[[Caller], Any]) -> Refused:
        """One thing that an account must not do: expected to be refused with this status, shown and noted."""
        begun = time.monotonic()
        try:
            request(self.caller(who))
        except Refused as refusal:
            expect(f"{what}: status for {who}", refusal.status, status)
            took = time.monotonic() - begun
            why = refusal.faults[0].detail if refusal.faults else refusal.detail
            self.console.print(
                f"[yellow]✗[/] {escape(what)} [cyan]{escape(who)}[/] "
                f"[yellow]{refusal.status}[/] {escape(why)} [dim]{took:.2f} s[/]"
            )
            self.story.refusals.append(Refusal(who, what, refusal.status, refusal.code, why))
            return refusal
        raise Wrong(f"{what}: {who} should have been refused with {status}, and was not.")

    def say(self, text: str) -> None:
        self.console.print(escape(text))

    def table(self, title: str, *columns: str) -> Table:
        """A table to fill and show; money and counts go in columns whose heading ends in `#`."""
        made = Table(title=title, title_justify="left", title_style="bold", header_style="bold", show_lines=False)
        for column in columns:
            name = column.removesuffix("#")
            made.add_column(name, justify="right" if name != column else "left", overflow="fold")
        return made

    def show(self, table: Table) -> None:
        self.console.print(table)

    def file(self, name: str) -> Path:
        """Where a file that the play hands out goes; it is named at the end."""
        return self.story.files.setdefault(name, self.folder / name)


def expect(what: str, seen: object, expected: object) -> None:
    """Raises `Wrong` unless both are equal."""
    if seen != expected:
        raise Wrong(f"{what}: expected {expected!r}, but the platform answered {seen!r:.2000}")
