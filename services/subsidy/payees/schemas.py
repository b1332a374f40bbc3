"""Payees as the API takes and shows them: the account number comes in once and goes out masked."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

_Words = StringConstraints(strip_whitespace=True, min_length=2, max_length=100, pattern=r"^[^\x00-\x1f\x7f,\"]+$")
CountyCode = Annotated[str, Field(pattern="^[1-9][0-9]{5}$", examples=["532504"])]


class NewPayee(BaseModel):
    """A bank account. An officer names the person; an organisation names the county that pays it."""

    model_config = ConfigDict(extra="forbid")

    person_id: UUID | None = Field(default=None, description="本人 the person paid (officers)")
    county_code: CountyCode | None = Field(default=None, description="支付地县级代码 the paying county (organisations)")
    kind: Literal["own", "guardian"] = Field(description="本人账户 own, 监护人账户 guardian")
    holder: Annotated[str, _Words] = Field(description="户名 name of the account")
    account: Annotated[str, StringConstraints(pattern=r"^[0-9]{8,30}$")] = Field(description="账号 account number")
    bank: Annotated[str, _Words] = Field(description="开户行 bank and branch")


class PayeeOut(BaseModel):
    """A payee 收款账户, masked."""

    id: UUID
    region: str
    person_id: UUID | None
    organisation_id: UUID | None
    kind: Literal["own", "guardian"]
    holder: str = Field(description="户名(掩码) masked: the first character only")
    account: str = Field(description="账号(掩码) masked: the last four digits", examples=["****1234"])
    bank: str
    shared: bool = Field(description="多人共用同一账户 the same account receives for others too")


class PayeePage(BaseModel):
    """Some payees."""

    items: list[PayeeOut]
    next: str | None
