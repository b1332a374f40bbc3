"""Money is an integer number of fen in code and database, and a decimal string of yuan (`"300.00"`) in JSON."""

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

_YUAN = re.compile(r"(-?)(\d{1,13})(?:\.(\d{1,2}))?", re.ASCII)
LARGEST = 10**15


def parse_yuan(text: str) -> int:
    """`"300"`, `"300.5"` and `"300.00"` to fen. Raises ValueError for anything else, e.g. three decimals."""
    match = _YUAN.fullmatch(text)
    if match is None:
        raise ValueError(f"not an amount in yuan: {text!r}")
    sign, whole, cents = match.groups()
    fen = int(whole) * 100 + int((cents or "").ljust(2, "0"))
    return -fen if sign else fen


def format_yuan(fen: int) -> str:
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def _read(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise _not_an_amount()
    if isinstance(value, int):  # from the database or from code, already in fen
        return value
    try:
        return parse_yuan(value)
    except ValueError:
        raise _not_an_amount() from None


def _read_json(value: Any) -> int:
    """From a request body: only the string form; a JSON number would invite floats."""
    if not isinstance(value, str):
        raise _not_an_amount()
    return _read(value)


def _not_an_amount() -> PydanticCustomError:
    return PydanticCustomError(
        "amount", '金额应为元的字符串,如 "300.00" (an amount is a string of yuan such as "300.00")'
    )


_SCHEMA = WithJsonSchema({"type": "string", "pattern": r"^-?\d{1,13}(\.\d{1,2})?$", "examples": ["300.00"]})
_yuan = PlainSerializer(format_yuan, return_type=str, when_used="json")

Fen = Annotated[int, BeforeValidator(_read), _yuan, _SCHEMA]
"""Fen in an output model or in code."""

FenIn = Annotated[int, BeforeValidator(_read_json), Field(ge=0, lt=LARGEST), _yuan, _SCHEMA]
"""Fen of a request body: a non-negative decimal string of yuan."""
