"""Accounts as the API takes and shows them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from shared.auth import Department, Duty
from shared.regions import RegionCode

Username = Annotated[
    str,
    Field(
        pattern=r"^[a-z][a-z0-9._-]{2,39}$",
        examples=["mile-reviewer"],
        description="用户名:岗位名,不用人名 a post's name, not a person's",
    ),
]
Title = Annotated[
    str, Field(min_length=2, max_length=60, examples=["弥勒市人社局 审核岗"], description="岗位 the post")
]
Duties = Annotated[
    list[Duty],
    Field(min_length=1, max_length=7, description="职责 duties"),
    AfterValidator(lambda given: sorted(set(given))),
]


class UserIn(BaseModel):
    """A new account 新用户."""

    model_config = ConfigDict(extra="forbid")

    username: Username
    title: Title
    region: RegionCode
    department: Department
    duties: Duties


class UserPatch(BaseModel):
    """What is to change; what is left out stays 修改内容. The region is fixed: a post elsewhere is another account."""

    model_config = ConfigDict(extra="forbid")

    title: Title | None = None
    department: Department | None = None
    duties: Duties | None = None
    disabled: bool | None = Field(default=None, description="停用:立即注销全部会话 ends all its sessions at once")


class UserOut(BaseModel):
    """An account 用户."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    username: str
    title: str
    region: RegionCode
    department: Department
    duties: list[Duty]
    disabled: bool
    password_given: bool = Field(description="初始密码尚未修改 the first password has not been changed yet")
    version: int
    made_at: datetime


class UserMade(UserOut):
    """A new account with its first password, which is shown this once 新用户及初始密码(仅显示一次)."""

    initial_password: str | None = Field(description="仅首次显示;重复提交时为空 null when the request is repeated")


class InitialPassword(BaseModel):
    """A first password, shown once, to be changed at the first login 初始密码."""

    initial_password: str


class UserPage(BaseModel):
    """Some accounts; the next page is named in the Link header."""

    items: list[UserOut]
