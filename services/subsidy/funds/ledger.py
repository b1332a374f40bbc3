"""Moving money between a fund's accounts: the only place that writes postings and balances.

The balance rows of a fund are locked in one order before anything is posted, after the claims that it is for, so that
two movements never wait for each other. No account but the source falls below zero, here and by the table's CHECK.
"""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.subsidy.funds.errors import FundShort
from services.subsidy.funds.models import Account, LedgerBalance, LedgerEntry, LedgerPosting
from shared import clock, ids


class FundKey(NamedTuple):
    county_code: str
    id: UUID


class Movement(NamedTuple):
    """So many fen from one account to another, for a claim (or none, when money first comes in)."""

    taken_from: Account
    given_to: Account
    amount_fen: int
    claim_id: UUID | None = None


_LOCKED = (
    select(LedgerBalance.account, LedgerBalance.balance_fen)  # type: ignore[call-overload]
    .where(
        col(LedgerBalance.county_code) == bindparam("county"),
        col(LedgerBalance.fund_id) == bindparam("fund"),
    )
    .order_by(col(LedgerBalance.account))
    .with_for_update()
)
_MOVE = (
    update(LedgerBalance)
    .where(
        col(LedgerBalance.county_code) == bindparam("county"),
        col(LedgerBalance.fund_id) == bindparam("fund"),
        col(LedgerBalance.account) == bindparam("of_account"),
    )
    .values(balance_fen=col(LedgerBalance.balance_fen) + bindparam("change"))
)


async def open_accounts(session: AsyncSession, fund: FundKey) -> None:
    """Every account of a new fund, at zero."""
    row = {"county_code": fund.county_code, "fund_id": fund.id, "balance_fen": 0}
    await session.execute(insert(LedgerBalance), [row | {"account": account.value} for account in Account])


async def move(
    session: AsyncSession,
    fund: FundKey,
    kind: str,
    movements: Sequence[Movement],
    *,
    document: str,
    made_by: str,
    batch_id: UUID | None = None,
) -> None:
    """Post movements of one fund. Raises `FundShort` when an account would fall below zero."""
    if not movements:
        return
    at = {"county": fund.county_code, "fund": fund.id}
    held = {row.account: row.balance_fen for row in await session.execute(_LOCKED, at)}
    changes: Counter[Account] = Counter()
    for movement in movements:
        changes[movement.taken_from] -= movement.amount_fen
        changes[movement.given_to] += movement.amount_fen
    for account, change in changes.items():
        if account is not Account.SOURCE and held[account] + change < 0:
            raise FundShort(-change, held[account])
    connection = await session.connection()
    await connection.execute(
        _MOVE, [at | {"of_account": account.value, "change": change} for account, change in changes.items()]
    )
    entries, postings = _rows(fund, kind, movements, document, made_by, batch_id)
    await connection.execute(insert(LedgerEntry), entries)
    await connection.execute(insert(LedgerPosting), postings)


def _rows(
    fund: FundKey, kind: str, movements: Sequence[Movement], document: str, made_by: str, batch_id: UUID | None
) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    entries: list[dict[str, object]] = []
    postings: list[dict[str, object]] = []
    for taken_from, given_to, amount, claim_id in movements:
        common: dict[str, object] = {"county_code": fund.county_code, "fund_id": fund.id, "claim_id": claim_id}
        entry = common | {
            "id": ids.new_id(),
            "kind": kind,
            "batch_id": batch_id,
            "document": document,
            "business_date": clock.today(),
            "made_by": made_by,
            "made_at": clock.system_now(),
        }
        entries.append(entry)
        for account, signed in ((taken_from, -amount), (given_to, amount)):
            postings.append(common | {"entry_id": entry["id"], "account": account.value, "amount_fen": signed})
    return entries, postings
