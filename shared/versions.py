"""`ETag` and `If-Match` of what can be changed: an update names the version that it was made from."""

import re
from typing import Annotated

from fastapi import Depends, Header, Response

from shared.errors import PreconditionRequired, StaleVersion, Text

_ETAG = re.compile(r'"([0-9]{1,9})"')


def tag(response: Response, version: int) -> None:
    response.headers["ETag"] = f'"{version}"'


IfMatch = Annotated[
    str | None,
    Header(alias="If-Match", max_length=40, description='读取时得到的 ETag,如 "3" the ETag as it was read'),
]
"""For operations that only need it where something is there already; see `require`."""


def require(given: str | None, present: int) -> None:
    """Raises `PreconditionRequired` without an If-Match, `StaleVersion` when it names another version."""
    require_same(_read(given), present)


def require_same(expected: int, present: int) -> None:
    """Raises `StaleVersion`."""
    if expected != present:
        raise StaleVersion


def _read(given: str | None) -> int:
    if given is None:
        raise PreconditionRequired(Text("修改时请提供 If-Match 请求头", "An update needs an If-Match header"))
    found = _ETAG.fullmatch(given.strip())
    if found is None:
        raise StaleVersion
    return int(found[1])


async def _expected(if_match: IfMatch = None) -> int:
    return _read(if_match)


ExpectedVersion = Annotated[int, Depends(_expected)]
"""The version in `If-Match`; without the header 428, with something that was never a version 412."""
