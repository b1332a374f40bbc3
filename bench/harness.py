"""The common form of all benches.

A bench measures the platform beside a comparator in the same run, prints a readable table and, as its last line, one
JSON object (`Result.document`). Measurements alternate between the two sides, so that a machine that slows down
slows both. `SIZE` in the environment scales the work: 1 is the size in `bench/RESULTS.md`, 0.1 a quick look.
"""

import json
import os
import platform
import re
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from shared import clock

RESULTS = Path(__file__).with_name("RESULTS.md")


def size() -> float:
    """The factor that `SIZE` asks for; 1 when it is not set."""
    value = float(os.environ.get("SIZE", "1"))
    if value <= 0:
        raise SystemExit("SIZE must be greater than 0")
    return value


def machine() -> str:
    """Cores, CPU model, Python and the load at this moment, as they stand beside every result."""
    cpuinfo = Path("/proc/cpuinfo")
    found = re.search(r"^model name\s*:\s*(.+)$", cpuinfo.read_text(), re.MULTILINE) if cpuinfo.exists() else None
    model = found.group(1) if found else platform.processor() or platform.machine()
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{cores} cores, {model}, Python {platform.python_version()}, load average {os.getloadavg()[0]:.1f}"


def alternate(rounds: int, sides: Mapping[str, Callable[[], Mapping[str, float]]]) -> dict[str, dict[str, float]]:
    """Measure each side once a round, and return each figure's median over the rounds.

    Every second round runs in the opposite order, so that no side always comes first.
    """
    taken: dict[str, list[Mapping[str, float]]] = {name: [] for name in sides}
    for number in range(rounds):
        names = list(sides)
        for name in names if number % 2 == 0 else reversed(names):
            taken[name].append(sides[name]())
    return {
        name: {key: statistics.median(one[key] for one in measured) for key in measured[0]}
        for name, measured in taken.items()
    }


@dataclass(frozen=True)
class Result:
    """What a bench found. `ratio` is ours to the comparator's, larger is better unless `smaller_is_better`."""

    bench: str
    size: float
    figures: Mapping[str, Any]
    comparator: Mapping[str, Any]
    ratio: float
    goal: float
    smaller_is_better: bool = False
    rest_met: bool = True
    """Whether the bench's further goals are met, which its notes tell of."""
    notes: Sequence[str] = field(default_factory=tuple)

    @property
    def met(self) -> bool:
        return self.ratio_met and self.rest_met

    @property
    def ratio_met(self) -> bool:
        return self.ratio <= self.goal if self.smaller_is_better else self.ratio >= self.goal

    def document(self) -> dict[str, Any]:
        return {
            "bench": self.bench,
            "size": self.size,
            "figures": dict(self.figures),
            "comparator": dict(self.comparator),
            "ratio": round(self.ratio, 3),
            "goal": self.goal,
            "met": self.met,
        }


def report(result: Result, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print the table, keep it in RESULTS.md when run at full size, and end with the JSON line."""
    texts = [[_text(cell) for cell in row] for row in rows]
    table = Table(*columns, title=result.bench)
    for row in texts:
        table.add_row(*row)
    console = Console()
    console.print(table)
    for note in result.notes:
        console.print(note, markup=False)
    if result.size >= 1:
        keep(result, columns, texts)
    print(json.dumps(result.document(), ensure_ascii=False))


def keep(result: Result, columns: Sequence[str], rows: Sequence[Sequence[str]], path: Path = RESULTS) -> None:
    """Replace this bench's section of RESULTS.md; the sections stand in the order of their names."""
    text = path.read_text(encoding="utf-8") if path.exists() else "# Results\n"
    head, *sections = re.split(r"^## ", text, flags=re.MULTILINE)
    by_name = {section.partition("\n")[0].strip(): section.partition("\n")[2] for section in sections}
    by_name[result.bench] = _section(result, columns, rows)
    body = "".join(f"## {name}\n{by_name[name].rstrip()}\n\n" for name in sorted(by_name))
    path.write_text(head.rstrip() + "\n\n" + body.rstrip() + "\n", encoding="utf-8")


def _section(result: Result, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    scale = "" if result.size == 1 else f"SIZE={result.size:g} "
    lines = [
        f"{clock.today().isoformat()}, {machine()}. `{scale}python -m bench.{result.bench}`",
        "",
        _row(columns),
        _row(["---"] * len(columns)),
        *map(_row, rows),
        "",
        f"Ratio {result.ratio:.2f}, goal {'≤' if result.smaller_is_better else '≥'} {result.goal:g}: "
        f"{'met' if result.ratio_met else 'not met'}.",
        *result.notes,
    ]
    return "\n".join(lines)


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _text(cell: object) -> str:
    if isinstance(cell, float):
        return f"{cell:,.0f}" if abs(cell) >= 100 else f"{cell:,.2f}"
    return f"{cell:,}" if isinstance(cell, int) else str(cell)
