"""`ETag` and `If-Match` of what can be changed: an update names the version that it was made from."""

from typing import Annotated

from fastapi import Depends, Header, Response

from shared.errors import PreconditionRequired, StaleVersion, Text


def tag(response: Response, version: int) -> None:
    response.headers["ETag"] = f'"{version}"'


def _expected(
    given: Annotated[
        str | None, Header(alias="If-Match", description="读取时得到的 ETag the ETag as it was read")
    ] = None,
) -> int:
    if given is None:
        raise PreconditionRequired(Text("请提供 If-Match 请求头", "An If-Match header is required here"))
    try:
        return int(given.strip().removeprefix('"').removesuffix('"'))
    except ValueError:
        raise StaleVersion from None


ExpectedVersion = Annotated[int, Depends(_expected)]
