"""Importing people from a workbook: upload, progress, and the refused rows with their reasons."""

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from cli import waiting
from cli.client import Caller
from cli.errors import CommandError
from shared.spreadsheet import read_rows

ROW_NUMBER, REASONS = "原行号", "错误原因"
"""Headings of the two columns that the error workbook adds."""

_NEXT_REASON = re.compile(";(?=[^;:]+:)")
_OTHER_ROW = re.compile(r"第 \d+ ")


@dataclass(frozen=True, slots=True)
class Result:
    """What became of the rows. `reasons` counts rows by what was wrong with them, a row with two faults twice."""

    rows: int
    done: int
    refused: int
    reasons: dict[str, int]
    refused_rows: list[int]
    errors: Path | None


def run(caller: Caller, file: Path, region: str, console: Console, errors: Path) -> Result:
    """Import a workbook and wait for the end. Refused rows are saved at `errors`. Raises CommandError when the file
    as a whole cannot be read."""
    begun = caller.upload("/registry/v1/imports", file, {"region": region})
    path = f"/registry/v1/imports/{begun['id']}"
    state = waiting.bar(
        console,
        f"导入 import {file.name}",
        lambda: caller.get(path),
        lambda seen: (seen["done"] + seen["refused"], seen["rows"]),
    )
    if state["state"] == "failed":
        raise CommandError(f"{file} was not imported: {(state['failure'] or {}).get('detail', 'no reason was given')}")
    saved = caller.download(state["errors_url"], errors) if state["errors_url"] else None
    refused = read_errors(saved) if saved else []
    reasons = Counter(reason for _, texts in refused for reason in texts)
    rows = [number for number, _ in refused]
    return Result(state["rows"], state["done"], state["refused"], dict(reasons.most_common()), rows, saved)


def read_errors(workbook: Path) -> list[tuple[int, list[str]]]:
    """Number of each refused row in the file that was uploaded, and its reasons."""
    with read_rows(workbook.read_bytes()) as sheet:
        rows = [row.cells for row in sheet]
    head = next(index for index, cells in enumerate(rows) if REASONS in cells)
    number, reasons = rows[head].index(ROW_NUMBER), rows[head].index(REASONS)
    return [(int(str(cells[number])), _reasons(str(cells[reasons]))) for cells in rows[head + 1 :]]


def _reasons(text: str) -> list[str]:
    """Each begins with its column; the number of another row is left out, so that reasons can be counted."""
    return [_OTHER_ROW.sub("其他", one) for one in _NEXT_REASON.split(text)]


def table(result: Result) -> Table:
    """What became of the rows, for people."""
    made = Table(title="导入结果 Import", title_justify="left", title_style="bold")
    made.add_column("结果 Outcome", overflow="fold")
    made.add_column("行数 Rows", justify="right")
    made.add_row("已登记 taken in", f"{result.done:,}")
    made.add_row("未导入 refused", f"{result.refused:,}")
    for reason, count in result.reasons.items():
        made.add_row(f"  {reason}", f"{count:,}")
    return made
