"""Errors as RFC 9457 problem documents, in Chinese by default and in English by `Accept-Language`.

A named error is a subclass of `Problem` whose class attributes carry its status and its two texts. Raise it
anywhere; the application turns it into `application/problem+json`. Declare it at the endpoint with
`responses=problems(NotFound, …)`, so that it stands in the OpenAPI document.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

from pydantic import BaseModel, Field

PROBLEM_TYPE = "https://bangfu.example/problems/"
MEDIA_TYPE = "application/problem+json"


class Text(NamedTuple):
    """One message in the two languages of the platform."""

    zh: str
    en: str

    def pick(self, language: str) -> str:
        return self.en if language == "en" else self.zh

    def format(self, **values: object) -> "Text":
        return Text(self.zh.format(**values), self.en.format(**values))


class FieldError(NamedTuple):
    """What is wrong with one value: a JSON pointer to it, and how to mend it."""

    pointer: str
    text: Text
    code: str = "invalid"


class Problem(Exception):
    """Base of all named errors. `title` is fixed per class; `detail` says what happened this time."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "bad-request"
    title: ClassVar[Text] = Text("请求有误", "Bad request")

    def __init__(
        self,
        detail: Text | None = None,
        *,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
        **extra: Any,
    ) -> None:
        super().__init__((detail or self.title).en)
        self.detail = detail or self.title
        self.errors = tuple(errors)
        self.headers = dict(headers or {})
        self.extra = extra

    def document(self, language: str) -> dict[str, Any]:
        body: dict[str, Any] = {
            "type": PROBLEM_TYPE + self.code,
            "title": self.title.pick(language),
            "status": self.status,
            "detail": self.detail.pick(language),
        }
        if self.errors:
            body["errors"] = [
                {"pointer": e.pointer, "detail": e.text.pick(language), "code": e.code} for e in self.errors
            ]
        return body | self.extra


class Unauthenticated(Problem):
    status = 401
    code = "unauthenticated"
    title = Text("未登录或令牌无效", "No valid token")

    def __init__(self, detail: Text | None = None) -> None:
        super().__init__(detail, headers={"WWW-Authenticate": 'Bearer realm="bangfu"'})


class Forbidden(Problem):
    status = 403
    code = "forbidden"
    title = Text("无权进行此操作", "Not permitted")


class NotFound(Problem):
    """Also the answer for what exists but lies outside the caller's sight."""

    status = 404
    code = "not-found"
    title = Text("不存在或不在您的管辖范围内", "Does not exist or is not visible to you")


class MethodNotAllowed(Problem):
    status = 405
    code = "method-not-allowed"
    title = Text("该地址不支持此方法", "Method not allowed here")


class Conflict(Problem):
    status = 409
    code = "conflict"
    title = Text("与现有数据冲突", "Conflicts with the present state")


class CursorGone(Problem):
    status = 410
    code = "cursor-gone"
    title = Text("游标已失效,请从快照重新开始", "The cursor is no longer valid: start again from the snapshot")


class StaleVersion(Problem):
    status = 412
    code = "stale-version"
    title = Text("数据已被他人修改,请重新读取后再提交", "Changed by someone else: read it again, then resubmit")


class TooLarge(Problem):
    status = 413
    code = "too-large"
    title = Text("提交的内容过大", "The body is too large")


class UnsupportedMedia(Problem):
    status = 415
    code = "unsupported-media-type"
    title = Text("不支持的内容类型", "Unsupported media type")


class Invalid(Problem):
    """The payload does not hold; `errors` names each field and its mend."""

    status = 422
    code = "invalid"
    title = Text("提交的数据不符合要求", "The data does not meet the requirements")


class PreconditionRequired(Problem):
    status = 428
    code = "precondition-required"
    title = Text("缺少必要的请求头", "A required header is missing")


class TooManyRequests(Problem):
    status = 429
    code = "too-many-requests"
    title = Text("请求过于频繁,请稍后再试", "Too many requests: try again later")


class Internal(Problem):
    status = 500
    code = "internal"
    title = Text("系统内部错误,已记录", "Internal error; it has been recorded")


class BadGateway(Problem):
    status = 502
    code = "bad-gateway"
    title = Text("后端服务没有正常应答", "A service behind did not answer properly")


class Unavailable(Problem):
    status = 503
    code = "unavailable"
    title = Text("服务暂时不可用,请稍后重试", "Temporarily unavailable: try again shortly")

    def __init__(self, detail: Text | None = None, *, retry_after: int = 5) -> None:
        super().__init__(detail, headers={"Retry-After": str(retry_after)})


class GatewayTimeout(Problem):
    status = 504
    code = "gateway-timeout"
    title = Text("后端服务应答超时", "A service behind did not answer in time")


class FieldErrorDocument(BaseModel):
    """One wrong value in a problem document."""

    pointer: str = Field(description="JSON pointer to the value 指向出错字段的 JSON 指针")
    detail: str
    code: str


class ProblemDocument(BaseModel):
    """RFC 9457 problem document 错误说明."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldErrorDocument] | None = None


def problems(*kinds: type[Problem]) -> dict[int | str, dict[str, Any]]:
    """The `responses=` of an endpoint that may answer with these errors."""
    by_status: dict[int | str, list[type[Problem]]] = {}
    for kind in kinds:
        by_status.setdefault(kind.status, []).append(kind)
    return {
        status: {
            "description": " / ".join(f"{k.title.zh} {k.title.en}" for k in group),
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}},
        }
        for status, group in by_status.items()
    }
