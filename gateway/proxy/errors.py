"""What the door refuses by itself. The services' own problem documents pass through unchanged."""

from shared.errors import Problem, Text


class AmbiguousTarget(Problem):
    """A target that two programs may read differently is not passed on: the door must not be fooled about the route."""

    status = 400
    code = "ambiguous-target"
    title = Text("请求地址有歧义", "The request target is ambiguous")


class AmbiguousHeaders(Problem):
    """Headers that frame, route or identify a request must be there once and be readable."""

    status = 400
    code = "ambiguous-headers"
    title = Text("请求头有歧义", "The request headers are ambiguous")


class UpgradeRefused(Problem):
    status = 400
    code = "upgrade-refused"
    title = Text("不支持协议升级或 WebSocket", "Protocol upgrades and WebSockets are not supported")


class SlowRequest(Problem):
    """The client stopped sending in the middle of its body."""

    status = 408
    code = "request-timeout"
    title = Text("请求内容发送超时", "The request body did not arrive in time")
