"""Logging in and out, and tokens for programs."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from gateway.permissions import SessionHolder
from gateway.sessions import service as sessions
from gateway.tokens import service
from gateway.tokens.errors import (
    InvalidClient,
    InvalidScope,
    LockedOut,
    LoginFailed,
    OAuthProblem,
    PasswordChangeRequired,
    SessionOver,
    UnsupportedGrant,
)
from gateway.tokens.schemas import ClientTokens, Login, PasswordChange, Refresh, Revocations, Tokens
from shared.database import Session
from shared.errors import Invalid, Unavailable, problems
from shared.permissions import Public

router = APIRouter(tags=["tokens 令牌"])

_NO_STORE = {"Cache-Control": "no-store"}
_LOGIN = problems(LoginFailed, LockedOut, Unavailable)
_Field = Annotated[str, Form(max_length=2000)]


@router.post("/auth/login", responses={**_LOGIN, **problems(PasswordChangeRequired)})
async def login(given: Login, request: Request, response: Response, _: Public) -> Tokens:
    """Tokens for an officer's password 登录."""
    response.headers.update(_NO_STORE)
    return await service.login(request.app.state.runtime, given.username, given.password)


@router.post("/auth/refresh", responses=problems(SessionOver))
async def refresh(given: Refresh, request: Request, response: Response, _: Public) -> Tokens:
    """New tokens for a refresh token, with the rights that the account has now 刷新令牌."""
    response.headers.update(_NO_STORE)
    return await service.refresh(request.app.state.runtime, given.refresh_token)


@router.post("/auth/logout", status_code=204)
async def logout(session: Session, caller: SessionHolder) -> None:
    """End the session; its tokens are refused everywhere within seconds 退出."""
    await service.logout(session, caller)


@router.post("/auth/password", status_code=204, responses={**_LOGIN, **problems(Invalid)})
async def change_password(given: PasswordChange, request: Request, _: Public) -> None:
    """Change the own password, the first one too; all sessions end 修改密码."""
    await service.change_password(request.app.state.runtime, given.username, given.password, given.new_password)


@router.post("/oauth/token", responses=problems(OAuthProblem, UnsupportedGrant, InvalidClient, InvalidScope))
async def token(
    request: Request,
    response: Response,
    _: Public,
    grant_type: _Field = "",
    client_id: _Field = "",
    client_secret: _Field = "",
    scope: _Field = "",
) -> ClientTokens:
    """A token for a program: client credentials, id and secret in the form (RFC 6749, 4.4) 客户端令牌."""
    if not (grant_type and client_id and client_secret):
        raise OAuthProblem
    if grant_type != "client_credentials":
        raise UnsupportedGrant
    response.headers.update(_NO_STORE)
    return await service.for_client(request.app.state.runtime, client_id, client_secret, scope)


@router.get("/oauth/revocations")
async def revocations(session: Session, _: Public) -> Revocations:
    """Sessions that were ended within the life of an access token 已注销的会话."""
    return Revocations(sids=await sessions.revoked(session))
