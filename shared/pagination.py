"""Lists page by cursor: an opaque position after the last row, with the next page named in a `Link` header."""

import base64
import binascii
from collections.abc import Sequence
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

import orjson
from fastapi import Query, Request, Response

from shared.errors import FieldError, Invalid, Text

Limit = Annotated[int, Query(ge=1, le=200, description="每页条数 rows a page")]
Cursor = Annotated[str | None, Query(max_length=500, description="上一页给出的游标 cursor given by the page before")]


def encode(*key: object) -> str:
    return base64.urlsafe_b64encode(orjson.dumps([str(part) for part in key])).decode().rstrip("=")


def decode(cursor: str | None, parts: int) -> list[str] | None:
    """The position a cursor stands for. Raises `Invalid` for a cursor that this list did not give."""
    if cursor is None:
        return None
    try:
        key = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError):
        key = None
    if not isinstance(key, list) or len(key) != parts or not all(isinstance(part, str) for part in key):
        raise _not_ours()
    return key


def after_id(cursor: str | None) -> UUID | None:
    """The position of a list that is in the order of its ids. Raises `Invalid`."""
    key = decode(cursor, 1)
    try:
        return UUID(key[0]) if key else None
    except ValueError:
        raise _not_ours() from None


def _not_ours() -> Invalid:
    text = Text("游标无效,请从第一页重新开始", "The cursor is not one of this list: start from the first page")
    return Invalid(text, errors=[FieldError("/query/cursor", text, "cursor")])


def next_page(request: Request, response: Response, found: Sequence[Any], limit: int) -> str | None:
    """The cursor after a full page of a list in the order of its ids, named in the Link header too; else None."""
    following = encode(found[-1].id) if len(found) == limit else None
    link_next(request, response, following)
    return following


def link_next(request: Request, response: Response, cursor: str | None) -> None:
    """Name the next page, by path and query as the caller reached it."""
    if cursor is not None:
        query = [(k, v) for k, v in request.query_params.multi_items() if k != "cursor"] + [("cursor", cursor)]
        response.headers["Link"] = f'<{request.url.path}?{urlencode(query)}>; rel="next"'


def refuse_unknown(request: Request, *known: str) -> None:
    """An unknown filter is refused, never ignored: ignoring it would return the whole register."""
    unknown = sorted(set(request.query_params) - set(known) - {"limit", "cursor"})
    if unknown:
        raise Invalid(
            errors=[
                FieldError(
                    f"/query/{name}",
                    Text(f"不支持的筛选条件,可用:{'、'.join(known)}", f"Unknown filter; known are: {', '.join(known)}"),
                    "unknown_filter",
                )
                for name in unknown
            ]
        )
