"""The confined process that reads one spreadsheet: file on standard input, JSON lines on standard output.

`shared.spreadsheet` starts it, with an empty environment, by path and isolated (`-I`): it imports nothing of this
project. It limits itself before it looks at the first byte. What it says, one JSON value a line:

    {"name": …, "rows": …, "columns": …}       first; `rows` counts up to the last used one
    [number, [cell, …]]                        a row that is not blank; number as the spreadsheet program shows it
    {"end": true}                              last; without it the file was not read to the end
    {"error": code}                            instead of any of them

A cell is a string, a number, a boolean, null, or {"date": ISO} for a date and {"datetime": ISO} for a moment.
"""

import codecs
import csv
import datetime
import io
import os
import re
import resource
import sys
import zipfile
from collections.abc import Iterator
from typing import Any, NoReturn

import orjson
import python_calamine

CHUNK = 1 << 20
CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # .xls, and .xlsx behind a password
ZIP = b"PK\x03\x04"
MAX_PARTS = 2_000


class Refused(Exception):
    """Stops the reading with one of the codes that `shared.spreadsheet` knows."""


def main() -> None:
    limits: dict[str, int] = orjson.loads(sys.argv[1])
    _confine(limits)
    out = sys.stdout.buffer
    try:
        for message in _messages(sys.stdin.buffer.read(limits["file_bytes"] + 1), limits):
            out.write(orjson.dumps(message, option=orjson.OPT_APPEND_NEWLINE))
    except Refused as refused:
        out.write(orjson.dumps({"error": str(refused)}, option=orjson.OPT_APPEND_NEWLINE))
    except MemoryError:
        _die(b'{"error": "too_large"}\n')
    except BaseException:  # a panic of the parser is not an Exception; whatever it was, the file did it
        _die(b'{"error": "unreadable"}\n')
    out.flush()


def _confine(limits: dict[str, int]) -> None:
    for kind, most in (
        (resource.RLIMIT_AS, limits["memory_bytes"]),
        (resource.RLIMIT_CPU, limits["cpu_seconds"]),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(kind)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (most, most))


def _die(message: bytes) -> NoReturn:
    sys.stdout.buffer.flush()
    os.write(1, message)
    os._exit(1)


def _messages(content: bytes, limits: dict[str, int]) -> Iterator[Any]:
    if len(content) > limits["file_bytes"]:
        raise Refused("too_large")
    if content.startswith(OLE):
        raise Refused("old_or_protected")
    reader = _workbook if content.startswith(ZIP) else _text
    yield from reader(content, limits)
    yield {"end": True}


def _workbook(content: bytes, limits: dict[str, int]) -> Iterator[Any]:
    _inspect_archive(content, limits)
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheet = book.get_sheet_by_name(_first_visible(book))
    except (python_calamine.CalamineError, OSError, ValueError):
        raise Refused("unreadable") from None
    rows, columns = (last + 1 for last in sheet.end) if sheet.end else (0, 0)
    _check_size(rows, columns, limits)
    yield {"name": sheet.name, "rows": rows, "columns": columns}
    for number, row in enumerate(sheet.iter_rows() if rows else (), 1):
        cells = [_cell(value, limits) for value in row]
        if any(cell is not None for cell in cells):
            yield [number, cells]


def _first_visible(book: Any) -> str:
    for sheet in book.sheets_metadata:
        if (
            sheet.typ == python_calamine.SheetTypeEnum.WorkSheet
            and sheet.visible == python_calamine.SheetVisibleEnum.Visible
        ):
            return str(sheet.name)
    raise Refused("unreadable")


def _inspect_archive(content: bytes, limits: dict[str, int]) -> None:
    """Unpack every part once without keeping it: what the archive says of its own sizes is not believed."""
    unpacked = 0
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if "xl/workbook.xml" not in archive.namelist():
                raise Refused("not_a_spreadsheet")
            if len(parts) > MAX_PARTS:
                raise Refused("too_large")
            for part in parts:
                with archive.open(part) as stream:
                    tail = b""
                    while chunk := stream.read(CHUNK):
                        unpacked += len(chunk)
                        if unpacked > limits["unpacked_bytes"]:
                            raise Refused("too_large")
                        if b"<!DOCTYPE" in tail + chunk:
                            raise Refused("entities")
                        tail = chunk[-8:]
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
        raise Refused("unreadable") from None


def _text(content: bytes, limits: dict[str, int]) -> Iterator[Any]:
    if not content.strip() or CONTROL.search(content):
        raise Refused("not_a_spreadsheet")
    rows = content.count(b"\n") + (not content.endswith(b"\n"))
    _check_size(rows, 0, limits)
    csv.field_size_limit(limits["cell_characters"])
    stream = io.TextIOWrapper(io.BytesIO(content), encoding=_encoding(content), newline="")
    yield {"name": "", "rows": rows, "columns": 0}
    lines = csv.reader(stream, strict=True)
    try:
        for number, fields in enumerate(lines, 1):
            _check_size(number, len(fields), limits)
            cells = [_cell(field, limits) for field in fields]
            if any(cell is not None for cell in cells):
                yield [number, cells]
    except csv.Error as error:
        raise Refused("cell_too_long" if "field limit" in str(error) else "unreadable") from None


def _encoding(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            for start in range(0, len(content), CHUNK):
                decoder.decode(content[start : start + CHUNK])
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return encoding
    raise Refused("encoding")


def _check_size(rows: int, columns: int, limits: dict[str, int]) -> None:
    if rows > limits["rows"]:
        raise Refused("too_many_rows")
    if columns > limits["columns"]:
        raise Refused("too_many_columns")


def _cell(value: Any, limits: dict[str, int]) -> Any:
    if isinstance(value, str):
        if len(value) > limits["cell_characters"]:
            raise Refused("cell_too_long")
        return value if value and not value.isspace() else None
    if isinstance(value, datetime.datetime):
        return {"datetime": value.isoformat()}
    if isinstance(value, datetime.date):
        return {"date": value.isoformat()}
    if isinstance(value, datetime.time | datetime.timedelta):
        return str(value)
    return value


if __name__ == "__main__":
    main()
