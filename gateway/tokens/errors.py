"""Why no token is given."""

from typing import ClassVar

from shared.errors import Problem, Text, TooManyRequests, Unauthenticated


class LoginFailed(Unauthenticated):
    """Says nothing of which of the two was wrong, nor whether there is such an account."""

    code = "login-failed"
    title = Text("用户名或密码错误", "The username or the password is wrong")


class LockedOut(TooManyRequests):
    code = "locked-out"
    title = Text("密码错误次数过多,请 15 分钟后再试", "Too many wrong passwords: try again in 15 minutes")


class PasswordChangeRequired(Problem):
    """The password is right but somebody else has seen it: change it at /auth/password first."""

    status = 403
    code = "password-change-required"
    title = Text("请先修改初始密码", "Change the first password before logging in")


class SessionOver(Unauthenticated):
    code = "session-over"
    title = Text("会话已结束,请重新登录", "The session is over: log in again")


class OAuthProblem(Problem):
    """An error of RFC 6749, 5.2: a problem document with its `error` beside."""

    error: ClassVar[str] = "invalid_request"
    code = "oauth-invalid-request"
    title = Text("令牌请求不完整", "The token request is not complete")

    def __init__(self, detail: Text | None = None) -> None:
        super().__init__(detail, headers={"Cache-Control": "no-store"}, error=self.error)


class UnsupportedGrant(OAuthProblem):
    error = "unsupported_grant_type"
    code = "oauth-unsupported-grant-type"
    title = Text("仅支持 client_credentials", "Only client_credentials is supported")


class InvalidClient(OAuthProblem):
    status = 401
    error = "invalid_client"
    code = "oauth-invalid-client"
    title = Text("客户端或密钥无效", "The client or its secret is not valid")


class InvalidScope(OAuthProblem):
    error = "invalid_scope"
    code = "oauth-invalid-scope"
    title = Text("申请的权限超出客户端的范围", "The scope is wider than the client's")
