"""Funds and their books as the API takes and shows them."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.subsidy.funds.models import Account
from shared.money import Fen, FenIn

_Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=100)]


class NewFund(BaseModel):
    """A fund of the caller's county 资金, as the budget document gives it."""

    model_config = ConfigDict(extra="forbid")

    code: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")] = Field(
        description="资金类别 which fund the policy packs name", examples=["employment_subsidy"]
    )
    name: _Words = Field(examples=["就业补助资金"])
    document_number: _Words = Field(description="指标文号 budget document number", examples=["红财社〔2018〕12号"])
    year: Annotated[int, Field(ge=2000, le=2199)]
    level: Literal["central", "province", "city", "county"] = Field(description="资金来源层级 level it comes from")
    source: _Words = Field(description="资金来源 where it comes from", examples=["中央财政"])


class FundOut(BaseModel):
    """A fund 资金 with its balances."""

    id: UUID
    county_code: str
    code: str
    name: str
    document_number: str
    year: int
    level: Literal["central", "province", "city", "county"]
    source: str
    balances: dict[Account, Fen] = Field(description="各科目余额 by account")


class FundPage(BaseModel):
    """Some funds."""

    items: list[FundOut]
    next: str | None


class NewAppropriation(BaseModel):
    """Money that comes into a fund 指标下达."""

    model_config = ConfigDict(extra="forbid")

    amount: Annotated[FenIn, Field(gt=0)]
    document: _Words = Field(description="依据文件 the document it stands on")


class AccountTotal(BaseModel):
    """One account of one fund: what came in, what went out, what is left."""

    account: Account
    debit: Fen = Field(description="借方(增加)合计 came in")
    credit: Fen = Field(description="贷方(减少)合计 went out")
    balance: Fen


class FundBalance(BaseModel):
    """One fund's accounts; their balances sum to zero."""

    fund_id: UUID
    county_code: str
    code: str
    document_number: str
    accounts: list[AccountTotal]


class TrialBalance(BaseModel):
    """试算平衡表 of all funds in sight."""

    as_of: date
    funds: list[FundBalance]
    debit: Fen
    credit: Fen
    balanced: bool


class EntryOut(BaseModel):
    """One movement of money 分录."""

    id: UUID
    kind: Literal["appropriation", "commitment", "release", "dispatch", "result"]
    taken_from: Account
    given_to: Account
    amount: Fen
    claim_id: UUID | None
    batch_id: UUID | None
    document: str
    business_date: date


class EntryPage(BaseModel):
    """Some movements of one fund."""

    items: list[EntryOut]
    next: str | None
