"""Clients as the API takes and shows them."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from shared.auth import Role
from shared.regions import RegionCode

Name = Annotated[str, Field(min_length=2, max_length=60, description="用途 what it is for")]
Scopes = Annotated[
    list[Annotated[str, Field(max_length=40)]],
    Field(min_length=1, max_length=20, examples=[["jobs:read", "jobs:write"]]),
    AfterValidator(lambda given: sorted(set(given))),
]


class OrganisationClientIn(BaseModel):
    """A client of an organisation that the own county has filed 机构客户端."""

    model_config = ConfigDict(extra="forbid")

    role: Literal[Role.ORGANISATION]
    name: Name
    organisation_id: UUID
    scopes: Scopes


class SystemClientIn(BaseModel):
    """A client of another government system; it sees the region and all below 政务系统客户端."""

    model_config = ConfigDict(extra="forbid")

    role: Literal[Role.SYSTEM]
    name: Name
    region: RegionCode
    scopes: Scopes


ClientIn = Annotated[OrganisationClientIn | SystemClientIn, Field(discriminator="role")]


class ClientPatch(BaseModel):
    """What is to change; what is left out stays 修改内容."""

    model_config = ConfigDict(extra="forbid")

    name: Name | None = None
    scopes: Scopes | None = None
    disabled: bool | None = Field(default=None, description="停用:其令牌立即失效 its tokens are refused at once")


class SecretOut(BaseModel):
    """A live secret, without the secret 密钥信息."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    made_at: datetime
    expires_at: datetime | None


class SecretMade(SecretOut):
    """A new secret, shown this once 新密钥(仅显示一次)."""

    client_secret: str


class ClientOut(BaseModel):
    """A client 客户端."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    name: str
    role: Role
    organisation_id: UUID | None
    region: RegionCode | None
    scopes: list[str]
    disabled: bool
    version: int
    made_at: datetime


class ClientDetail(ClientOut):
    """A client with its live secrets 客户端及密钥."""

    secrets: list[SecretOut]


class ClientMade(ClientOut):
    """A new client with its secret, which is shown this once 新客户端及密钥."""

    client_secret: str | None = Field(description="仅首次显示;重复提交时为空 null when the request is repeated")


class ClientPage(BaseModel):
    """Some clients; the next page is named in the Link header."""

    items: list[ClientOut]
