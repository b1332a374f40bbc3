"""Cursors of lists that are ordered by id."""

from uuid import UUID

from shared import pagination
from shared.errors import FieldError, Invalid, Text

_NOT_OURS = Text("游标无效,请从第一页重新开始", "The cursor is not one of this list: start from the first page")


def position(cursor: str | None) -> UUID | None:
    """The id that the page before ended with. Raises `Invalid` for a cursor that no list gave."""
    key = pagination.decode(cursor, 1)
    if key is None:
        return None
    try:
        return UUID(key[0])
    except ValueError:
        raise Invalid(_NOT_OURS, errors=[FieldError("/query/cursor", _NOT_OURS, "cursor")]) from None
