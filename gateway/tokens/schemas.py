"""What is sent for a token, and tokens."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

_Password = Annotated[str, Field(min_length=1, max_length=200)]


class Login(BaseModel):
    """Username and password 用户名和密码."""

    model_config = ConfigDict(extra="forbid")

    username: Annotated[str, Field(min_length=1, max_length=100, examples=["mile-reviewer"])]
    password: _Password


class PasswordChange(Login):
    """The present password and the new one: 12 characters or more, three kinds of them 修改密码."""

    new_password: _Password


class Refresh(BaseModel):
    """A refresh token, good for one use 刷新令牌."""

    model_config = ConfigDict(extra="forbid")

    refresh_token: Annotated[str, Field(min_length=1, max_length=300)]


class ClientTokens(BaseModel):
    """An access token of a client (RFC 6749, 4.4.3) 客户端令牌."""

    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int = Field(description="秒 seconds")
    scope: str


class Tokens(ClientTokens):
    """Tokens of an officer 登录令牌."""

    refresh_token: str = Field(description="仅可使用一次,重复使用会注销整个会话 used twice, it ends the session")


class Revocations(BaseModel):
    """Sessions whose access tokens are refused although they have not expired 已注销的会话."""

    sids: list[str]
