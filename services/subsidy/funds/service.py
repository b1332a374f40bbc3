"""Funds: registering them, giving them money, choosing the one that pays, and showing their books."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from services.subsidy.funds import ledger
from services.subsidy.funds.errors import FundExists, FundUnclear
from services.subsidy.funds.ledger import FundKey, Movement
from services.subsidy.funds.models import Account, Fund, LedgerBalance, LedgerEntry, LedgerPosting
from services.subsidy.funds.schemas import (
    AccountTotal,
    EntryOut,
    FundBalance,
    FundOut,
    NewAppropriation,
    NewFund,
    TrialBalance,
)
from services.subsidy.sight import in_county
from shared import audit, clock, ids
from shared.auth import Principal
from shared.errors import NotFound


async def add(session: AsyncSession, caller: Principal, new: NewFund) -> Fund:
    """A fund of the caller's county, with its accounts at zero. Raises `FundExists`."""
    county = str(caller.region)
    same = select(Fund.id).filter_by(county_code=county, document_number=new.document_number, code=new.code)  # type: ignore[call-overload]
    if await session.scalar(same) is not None:
        raise FundExists
    fund = Fund(
        county_code=county,
        id=ids.new_id(),
        **new.model_dump(),
        made_by=caller.subject,
        made_at=clock.system_now(),
    )
    session.add(fund)
    await session.flush()
    await ledger.open_accounts(session, key_of(fund))
    await audit.record(session, "subsidy:fund:add", caller, fund.id)
    return fund


async def appropriate(session: AsyncSession, caller: Principal, fund: Fund, new: NewAppropriation) -> None:
    movement = Movement(Account.SOURCE, Account.APPROPRIATION, new.amount)
    await ledger.move(session, key_of(fund), "appropriation", [movement], document=new.document, made_by=caller.subject)
    await audit.record(session, "subsidy:fund:appropriate", caller, fund.id, amount_fen=new.amount)


async def get(session: AsyncSession, caller: Principal, fund_id: UUID) -> Fund:
    """Raises `NotFound`."""
    statement = select(Fund).where(col(Fund.id) == fund_id, in_county(Fund, caller))
    fund = (await session.execute(statement)).scalar_one_or_none()
    if fund is None:
        raise NotFound
    return fund


async def paying(session: AsyncSession, caller: Principal, code: str, fund_id: UUID | None) -> Fund:
    """The fund that pays a benefit: the one named, or the only one of its code and the year. Raises `FundUnclear`."""
    if fund_id is not None:
        fund = await get(session, caller, fund_id)
        if fund.code != code:
            raise FundUnclear
        return fund
    statement = select(Fund).where(
        in_county(Fund, caller), col(Fund.code) == code, col(Fund.year) == clock.today().year
    )
    found = (await session.execute(statement)).scalars().all()
    if len(found) != 1:
        raise FundUnclear
    return found[0]


async def page(session: AsyncSession, caller: Principal, after: UUID | None, limit: int) -> Sequence[Fund]:
    statement = select(Fund).where(in_county(Fund, caller)).order_by(col(Fund.id)).limit(limit)
    if after is not None:
        statement = statement.where(col(Fund.id) > after)
    return (await session.execute(statement)).scalars().all()


async def shown(session: AsyncSession, caller: Principal, funds: Sequence[Fund]) -> list[FundOut]:
    statement = select(LedgerBalance).where(
        in_county(LedgerBalance, caller), col(LedgerBalance.fund_id).in_([fund.id for fund in funds])
    )
    balances: dict[UUID, dict[Account, int]] = {}
    for row in await session.scalars(statement):
        balances.setdefault(row.fund_id, {})[Account(row.account)] = row.balance_fen
    return [FundOut.model_validate({**fund.model_dump(), "balances": balances[fund.id]}) for fund in funds]


async def entries(
    session: AsyncSession, fund: Fund, claim_id: UUID | None, after: UUID | None, limit: int
) -> list[EntryOut]:
    """The movements of one fund, oldest first."""
    given, taken = aliased(LedgerPosting), aliased(LedgerPosting)
    statement = (
        select(LedgerEntry, taken.account, given.account, given.amount_fen)  # type: ignore[call-overload]
        .join(taken, _side(taken) & (col(taken.amount_fen) < 0))
        .join(given, _side(given) & (col(given.amount_fen) > 0))
        .where(col(LedgerEntry.county_code) == fund.county_code, col(LedgerEntry.fund_id) == fund.id)
        .order_by(col(LedgerEntry.id))
        .limit(limit)
    )
    if claim_id is not None:
        statement = statement.where(col(LedgerEntry.claim_id) == claim_id)
    if after is not None:
        statement = statement.where(col(LedgerEntry.id) > after)
    return [
        EntryOut.model_validate({**entry.model_dump(), "taken_from": source, "given_to": target, "amount": amount})
        for entry, source, target, amount in await session.execute(statement)
    ]


async def trial_balance(session: AsyncSession, caller: Principal) -> TrialBalance:
    """Every fund in sight with what came in and went out of each account, summed from the postings themselves."""
    amount = col(LedgerPosting.amount_fen)
    statement = (
        select(
            col(LedgerPosting.fund_id),
            col(LedgerPosting.account),
            func.sum(case((amount > 0, amount), else_=0)),
            func.sum(case((amount < 0, -amount), else_=0)),
        )
        .where(in_county(LedgerPosting, caller))
        .group_by(col(LedgerPosting.fund_id), col(LedgerPosting.account))
    )
    sums = {(fund, account): (int(i), int(o)) for fund, account, i, o in await session.execute(statement)}
    in_sight = select(Fund).where(in_county(Fund, caller)).order_by(col(Fund.id))
    books = [_book(fund, sums) for fund in await session.scalars(in_sight)]
    debit = sum(account.debit for book in books for account in book.accounts)
    credit = sum(account.credit for book in books for account in book.accounts)
    balanced = all(sum(account.balance for account in book.accounts) == 0 for book in books)
    return TrialBalance(as_of=clock.today(), funds=books, debit=debit, credit=credit, balanced=balanced)


def key_of(fund: Fund) -> FundKey:
    return FundKey(fund.county_code, fund.id)


def _side(posting: type[LedgerPosting]) -> ColumnElement[bool]:
    return (col(posting.county_code) == col(LedgerEntry.county_code)) & (col(posting.entry_id) == col(LedgerEntry.id))


def _book(fund: Fund, sums: dict[tuple[UUID, str], tuple[int, int]]) -> FundBalance:
    accounts = []
    for account in Account:
        debit, credit = sums.get((fund.id, account.value), (0, 0))
        accounts.append(AccountTotal(account=account, debit=debit, credit=credit, balance=debit - credit))
    return FundBalance(
        fund_id=fund.id,
        county_code=fund.county_code,
        code=fund.code,
        document_number=fund.document_number,
        accounts=accounts,
    )
