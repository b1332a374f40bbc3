"""`ETag` and `If-Match`: an update names the version that it was made from (412 when that is no longer the latest)."""

import re
from typing import Annotated

from fastapi import Depends, Header, Response

from shared.errors import PreconditionRequired, StaleVersion, Text

_ETAG = re.compile(r'"([0-9]{1,9})"')


async def _version(
    if_match: Annotated[str | None, Header(description='读取时得到的 ETag,如 "3" the ETag as it was read')] = None,
) -> int:
    if if_match is None:
        raise PreconditionRequired(Text("修改时请提供 If-Match 请求头", "An update needs an If-Match header"))
    found = _ETAG.fullmatch(if_match.strip())
    if found is None:
        raise StaleVersion
    return int(found[1])


ExpectedVersion = Annotated[int, Depends(_version)]


def require_same(expected: int, present: int) -> None:
    """Raises `StaleVersion`."""
    if expected != present:
        raise StaleVersion


def show(response: Response, version: int) -> None:
    response.headers["ETag"] = f'"{version}"'
