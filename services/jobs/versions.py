"""`ETag` and `If-Match` of what can be changed: a change names the version that it was made from."""

from typing import Annotated

from fastapi import Header, Response

from shared.errors import PreconditionRequired, StaleVersion, Text

IfMatch = Annotated[
    str | None,
    Header(alias="If-Match", max_length=40, description="读取时得到的 ETag the ETag as it was read"),
]


def tag(response: Response, version: int) -> None:
    response.headers["ETag"] = f'"{version}"'


def require(given: str | None, version: int) -> None:
    """Raises `PreconditionRequired` without an If-Match, `StaleVersion` when it names another version."""
    if given is None:
        raise PreconditionRequired(Text("请提供 If-Match 请求头", "An If-Match header is required here"))
    if given.removeprefix("W/").strip('"') != str(version):
        raise StaleVersion
