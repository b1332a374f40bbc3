"""Reading spreadsheets that strangers made, and writing ones that do strangers no harm.

`read_rows` takes `.xlsx`, or `.csv` in UTF-8 or GB18030, and gives its rows one by one. The file is parsed in a
process of its own (`shared.spreadsheet_child`) with an empty environment and hard limits of memory, processor time
and size; nothing touches the disk. Whatever the file does there, it ends here as one of the Problems below.

    with read_rows(content) as sheet:
        for row in sheet:
            row.number, row.cells

A number cell arrives as a float (a spreadsheet keeps 15 digits of it), a text cell as a string: whoever expects an
ID number can tell that its digits are lost.
"""

import select
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Any, NamedTuple, Self

import orjson
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from shared import spreadsheet_child
from shared.errors import Problem, Text

Cell = str | float | bool | date | datetime | None

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost. Sizes in bytes; `wait_seconds` is how long the reader may keep us waiting in all."""

    file_bytes: int = 64 * MIB
    unpacked_bytes: int = 1024 * MIB
    memory_bytes: int = 1536 * MIB
    cpu_seconds: int = 120
    wait_seconds: int = 180
    rows: int = 200_000
    columns: int = 256
    cell_characters: int = 4_000


class Row(NamedTuple):
    """`number` is the row's number as the spreadsheet program shows it."""

    number: int
    cells: tuple[Cell, ...]


class SpreadsheetRefused(Problem):
    """Base of the reasons for not reading a file."""

    status = 422
    code = "spreadsheet-refused"
    title = Text("无法读取该表格文件", "The spreadsheet cannot be read")


class NotASpreadsheet(SpreadsheetRefused):
    status = 415
    code = "not-a-spreadsheet"
    title = Text("请上传 .xlsx 或 .csv 文件", "Upload an .xlsx or a .csv file")


class OldOrProtected(SpreadsheetRefused):
    status = 415
    code = "spreadsheet-old-or-protected"
    title = Text(
        "旧版 .xls 或带密码的文件,请取消密码并另存为 .xlsx 后上传",
        "An old .xls or a file with a password: remove the password and save it as .xlsx",
    )


class WrongEncoding(SpreadsheetRefused):
    code = "spreadsheet-encoding"
    title = Text("文件编码应为 UTF-8 或 GB18030", "The file must be in UTF-8 or GB18030")


class Unreadable(SpreadsheetRefused):
    code = "spreadsheet-unreadable"
    title = Text("文件已损坏或格式不正确,请重新保存后上传", "The file is damaged or malformed: save it again")


class HasEntities(SpreadsheetRefused):
    code = "spreadsheet-entities"
    title = Text("文件中含有不允许的 XML 实体声明", "The file declares XML entities, which is not allowed")


class SpreadsheetTooLarge(SpreadsheetRefused):
    status = 413
    code = "spreadsheet-too-large"
    title = Text(
        "文件过大或展开后过大,请删除空白行列或分成几个文件上传",
        "The file is too large, or becomes so when unpacked: remove empty rows and columns or split it",
    )


class TooManyRows(SpreadsheetRefused):
    status = 413
    code = "spreadsheet-too-many-rows"
    title = Text("行数超过上限,请分成几个文件上传", "Too many rows: split the file")


class TooManyColumns(SpreadsheetRefused):
    status = 413
    code = "spreadsheet-too-many-columns"
    title = Text("列数超过上限,请删除多余的列", "Too many columns: remove those that are not needed")


class CellTooLong(SpreadsheetRefused):
    status = 413
    code = "spreadsheet-cell-too-long"
    title = Text("有单元格内容过长", "A cell holds too much text")


class TooSlow(SpreadsheetRefused):
    status = 413
    code = "spreadsheet-too-slow"
    title = Text("读取超时,请分成几个文件上传", "Reading took too long: split the file")


REFUSALS: dict[str, type[SpreadsheetRefused]] = {
    "not_a_spreadsheet": NotASpreadsheet,
    "old_or_protected": OldOrProtected,
    "encoding": WrongEncoding,
    "unreadable": Unreadable,
    "entities": HasEntities,
    "too_large": SpreadsheetTooLarge,
    "too_many_rows": TooManyRows,
    "too_many_columns": TooManyColumns,
    "cell_too_long": CellTooLong,
}


class Sheet:
    """The first visible sheet of a file, to be iterated once, inside `with`.

    `total_rows` counts to the last used row (in a `.csv`, its lines), blank rows and headers included: good for a
    progress bar. Blank rows are not given.
    """

    def __init__(self, process: "subprocess.Popen[bytes]", limits: Limits) -> None:
        self._process = process
        self._patience = float(limits.wait_seconds)
        self._messages = self._read()
        try:
            head = next(self._messages)
        except BaseException:
            self.close()
            raise
        self.name: str = head["name"]
        self.total_rows: int = head["rows"]

    def __iter__(self) -> Iterator[Row]:
        for message in self._messages:
            if isinstance(message, dict):
                return
            number, cells = message
            yield Row(number, tuple(map(_cell, cells)))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the reading process, wherever it is."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdout, self._process.stdin):
            if stream is not None:
                with suppress(OSError):
                    stream.close()

    def _read(self) -> Iterator[Any]:
        for line in self._lines():
            message = orjson.loads(line)
            if isinstance(message, dict) and "error" in message:
                raise REFUSALS[message["error"]]
            yield message
            if isinstance(message, dict) and "end" in message:
                return
        # It died without a word: an allocation beyond its limit aborts, processor time beyond it kills.
        raise SpreadsheetTooLarge

    def _lines(self) -> Iterator[bytes]:
        pending = b""
        while chunk := self._chunk():
            *lines, pending = (pending + chunk).split(b"\n")
            yield from lines

    def _chunk(self) -> bytes:
        """The next bytes; only the time spent waiting counts, not the time that our reader takes over its rows."""
        stream = self._process.stdout
        assert stream is not None
        began = time.monotonic()
        poll = select.poll()
        poll.register(stream, select.POLLIN | select.POLLHUP)
        ready = poll.poll(max(self._patience, 0) * 1000)
        self._patience -= time.monotonic() - began
        if not ready:
            raise TooSlow
        return stream.read1(MIB)  # type: ignore[attr-defined, no-any-return]


def read_rows(source: Path | bytes, limits: Limits | None = None) -> Sheet:
    """Open a file (by path, or its content) in a confined process. Raises a `SpreadsheetRefused` here or on the way."""
    limits = limits or Limits()
    if isinstance(source, bytes):
        if len(source) > limits.file_bytes:
            raise SpreadsheetTooLarge
        process = _start(subprocess.PIPE, limits)
        threading.Thread(target=_feed, args=(process, source), daemon=True).start()
    else:
        with source.open("rb") as file:
            process = _start(file, limits)
    return Sheet(process, limits)


def neutral(value: str) -> str:
    """Text for a `.csv` cell: what a spreadsheet program would run as a formula gets an apostrophe before it."""
    return "'" + value if value.startswith(FORMULA_STARTS) else value


def plain(value: str) -> str:
    """The text that `neutral` was given."""
    return value[1:] if value.startswith("'") and value[1:].startswith(FORMULA_STARTS) else value


class Writer:
    """A new `.xlsx` whose cells are what they are given as: a text is never a formula, a link or a number.

    Rows go out in order and memory stays flat (XlsxWriter keeps finished rows in a temporary file readable by this
    user alone, gone when closed). Text that would start a formula carries the program's own quote mark, so that it
    stays text when an officer edits it, and reads back as it was.
    """

    def __init__(self, target: Path | IO[bytes]) -> None:
        options = {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_numbers": False,
            "strings_to_urls": False,
        }
        self.workbook = xlsxwriter.Workbook(str(target) if isinstance(target, Path) else target, options)
        self._styles: dict[tuple[tuple[str, Any], ...], Format] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.workbook.close()

    def sheet(self, name: str) -> Worksheet:
        return self.workbook.add_worksheet(name)

    def style(self, **properties: Any) -> Format:
        """A cell format by XlsxWriter's property names; equal ones are one format."""
        key = tuple(sorted(properties.items()))
        if key not in self._styles:
            self._styles[key] = self.workbook.add_format(properties)
        return self._styles[key]

    def put(self, sheet: Worksheet, row: int, column: int, value: Cell, **properties: Any) -> None:
        """Write one cell (both counts from 0) by the type of its value; properties as for `style`."""
        if isinstance(value, str):
            if value.startswith(FORMULA_STARTS):
                properties["quote_prefix"] = True
            sheet.write_string(row, column, value, self.style(**({"num_format": "@"} | properties)))
        elif isinstance(value, bool):
            sheet.write_boolean(row, column, value, self.style(**properties))
        elif isinstance(value, date):
            pattern = "yyyy-mm-dd hh:mm" if isinstance(value, datetime) else "yyyy-mm-dd"
            moment = value if isinstance(value, datetime) else datetime.combine(value, datetime.min.time())
            sheet.write_datetime(row, column, moment, self.style(**({"num_format": pattern} | properties)))
        elif value is None:
            sheet.write_blank(row, column, None, self.style(**properties))
        else:
            sheet.write_number(row, column, value, self.style(**properties))


def _start(stdin: int | IO[bytes], limits: Limits) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(  # noqa: S603 our own interpreter and file
        [sys.executable, "-I", spreadsheet_child.__file__, orjson.dumps(asdict(limits)).decode()],
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"LANG": "C.UTF-8"},
        start_new_session=True,
    )


def _feed(process: "subprocess.Popen[bytes]", content: bytes) -> None:
    assert process.stdin is not None
    with suppress(OSError, ValueError), process.stdin as stream:  # it may stop listening: it says why on the way out
        stream.write(content)


def _cell(value: Any) -> Cell:
    if isinstance(value, dict):
        if "date" in value:
            return date.fromisoformat(value["date"])
        return datetime.fromisoformat(value["datetime"])
    return value  # type: ignore[no-any-return]
