"""Loading the national divisions of provinces."""

from collections.abc import Sequence
from typing import Any

from rich.console import Console

from cli import waiting
from cli.client import Caller
from cli.errors import CommandError


def load(caller: Caller, provinces: Sequence[str], console: Console) -> dict[str, Any]:
    """Ask the registry to load provinces and show how far it is. Returns the finished load; raises CommandError."""
    begun = caller.post("/registry/v1/regions/loads", {"provinces": list(provinces)})
    path = f"/registry/v1/regions/loads/{begun['id']}"
    what = f"区划 divisions {' '.join(provinces)}"
    load = waiting.bar(console, what, lambda: caller.get(path), lambda seen: (seen["done"], seen["total"]))
    if load["state"] == "failed":
        raise CommandError(f"{what}: failed. The registry's worker log says why.")
    return load
