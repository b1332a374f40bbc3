"""Lists of this service are in the order of their ids, newest last."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from fastapi import Request, Response

from shared import pagination
from shared.errors import FieldError, Invalid, Text


def after_id(cursor: str | None) -> UUID | None:
    """Raises `Invalid` for a cursor that this list did not give."""
    key = pagination.decode(cursor, 1)
    try:
        return UUID(key[0]) if key else None
    except ValueError:
        text = Text("游标无效,请从第一页重新开始", "The cursor is not one of this list: start from the first page")
        raise Invalid(text, errors=[FieldError("/query/cursor", text, "cursor")]) from None


def next_page(request: Request, response: Response, found: Sequence[Any], limit: int) -> str | None:
    """The cursor after a full page, named in the Link header as well; None after the last."""
    following = pagination.encode(found[-1].id) if len(found) == limit else None
    pagination.link_next(request, response, following)
    return following
