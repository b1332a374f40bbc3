"""Who may do what at the gateway. Bound to endpoints as annotated parameters."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends

from shared.auth import Duty, Principal
from shared.errors import Text
from shared.permissions import ANY_LEVEL, COUNTY_AND_ABOVE, Guard, Permission


@dataclass(frozen=True, slots=True)
class OwnSession(Permission):
    """What every officer may do with the session at hand; no scope is asked for."""

    def allows(self, caller: Principal) -> bool:
        return caller.role in self.levels


SESSION_END = OwnSession("gateway.session.end", Text("退出登录", "Log out"), scope="", levels=ANY_LEVEL)
SessionHolder = Annotated[Principal, Depends(Guard(SESSION_END))]

USER_READ = Permission(
    "gateway.user.read",
    Text("查看用户", "Read accounts"),
    scope="admin:read",
    levels=COUNTY_AND_ABOVE,
    duties=frozenset({Duty.ADMIN, Duty.AUDITOR}),
)
UserReader = Annotated[Principal, Depends(Guard(USER_READ))]

USER_WRITE = Permission(
    "gateway.user.write",
    Text("管理用户", "Manage accounts"),
    scope="admin:write",
    levels=COUNTY_AND_ABOVE,
    duties=frozenset({Duty.ADMIN}),
)
UserAdmin = Annotated[Principal, Depends(Guard(USER_WRITE))]

CLIENT_READ = Permission(
    "gateway.client.read",
    Text("查看客户端", "Read clients"),
    scope="admin:read",
    levels=COUNTY_AND_ABOVE,
    duties=frozenset({Duty.ADMIN, Duty.AUDITOR}),
)
ClientReader = Annotated[Principal, Depends(Guard(CLIENT_READ))]

CLIENT_WRITE = Permission(
    "gateway.client.write",
    Text("管理客户端", "Manage clients"),
    scope="admin:write",
    levels=COUNTY_AND_ABOVE,
    duties=frozenset({Duty.ADMIN}),
)
ClientAdmin = Annotated[Principal, Depends(Guard(CLIENT_WRITE))]
