"""Payment batches: drafted by one person, approved by another on fresh facts, and shown."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.subsidy.batches import queries
from services.subsidy.batches.errors import NothingToPay
from services.subsidy.batches.models import PaymentBatch, PaymentLine
from services.subsidy.batches.schemas import BatchOut, LineOut, NewBatch
from services.subsidy.claims import acts, deciding, review
from services.subsidy.claims import queries as claim_queries
from services.subsidy.claims import service as claims
from services.subsidy.claims.deciding import Gathered
from services.subsidy.claims.errors import Incomplete, NoPolicy, PolicyHeld
from services.subsidy.claims.models import Claim
from services.subsidy.errors import FourEyes, WrongState
from services.subsidy.events import ClaimStatus
from services.subsidy.funds import ledger
from services.subsidy.funds import service as funds
from services.subsidy.funds.ledger import FundKey, Movement
from services.subsidy.funds.models import Account
from shared import audit, clock, ids, regions
from shared.auth import Principal
from shared.database import Database
from shared.errors import FieldError, Invalid, NotFound, StaleVersion, Text

_ASKED_AT_ONCE = 8


class Checked(NamedTuple):
    """A claim of a batch as it was read, with its facts as they are now; None when the person is not found."""

    version: int
    gathered: Gathered | None


# --- drafting ---


async def draft(session: AsyncSession, caller: Principal, new: NewBatch) -> PaymentBatch:
    """Put the approved claims of a fund into a batch. Raises `NothingToPay`."""
    fund = await funds.get(session, caller, new.fund_id)
    region = new.region or fund.county_code
    if not regions.contains(fund.county_code, region):
        text = Text("应为资金所在县及以下地区", "A region of the fund's county")
        raise Invalid(errors=[FieldError("/region", text, "region")])
    found: Sequence[Claim] = (await session.scalars(queries.payable(fund.county_code, fund.id, region))).all()
    if not found:
        raise NothingToPay
    batch = PaymentBatch(
        county_code=fund.county_code,
        id=ids.new_id(),
        fund_id=fund.id,
        status="drafted",
        count=len(found),
        sum_fen=sum(_amount(claim) for claim in found),
        drafted_by=caller.subject,
        drafted_on=clock.today(),
    )
    session.add(batch)
    await session.flush()
    for number, claim in enumerate(found, start=1):
        session.add(_line(batch, number, claim))
        await acts.note(session, claim, caller, "batch", ClaimStatus.IN_BATCH)
    await audit.record(session, "subsidy:batch:draft", caller, batch.id, count=batch.count, sum_fen=batch.sum_fen)
    return batch


async def cancel(session: AsyncSession, caller: Principal, batch_id: UUID) -> PaymentBatch:
    """Undo a draft: its claims wait for another batch."""
    batch = await lock(session, caller, batch_id)
    if batch.status != "drafted":
        raise WrongState
    lines = await lines_of(session, batch)
    for line in lines:
        line.state = "stopped"
    for claim in await lock_claims(session, batch, lines):
        await acts.note(session, claim, caller, "unbatch", ClaimStatus.APPROVED)
    batch.status, batch.count, batch.sum_fen = "cancelled", 0, 0
    batch.version += 1
    await session.flush()
    await audit.record(session, "subsidy:batch:cancel", caller, batch.id)
    return batch


# --- approving ---


async def check(
    database: Database, clients: deciding.Clients, caller: Principal, batch_id: UUID
) -> Mapping[UUID, Checked]:
    """Fetch the facts of every claim of a batch again, before the transaction that approves it."""
    async with database.session() as session:
        batch = await get(session, caller, batch_id)
        at = {"county": batch.county_code, "batch": batch.id}
        subjects = {
            claim.id: (claim.version, claims.subject_of(claim)) for claim in await session.scalars(queries.CLAIMS, at)
        }
    gate = asyncio.Semaphore(_ASKED_AT_ONCE)

    async def ask(subject: deciding.Subject) -> Gathered | None:
        async with gate:
            try:
                return await deciding.gather(clients, subject, caller.subject)
            except NotFound:
                return None

    answers = await asyncio.gather(*(ask(subject) for _, subject in subjects.values()))
    return {
        claim_id: Checked(version, answer)
        for (claim_id, (version, _)), answer in zip(subjects.items(), answers, strict=True)
    }


async def approve(
    session: AsyncSession, caller: Principal, batch_id: UUID, checked: Mapping[UUID, Checked]
) -> PaymentBatch:
    """Freeze a batch for the bank: its money is in transit. Claims that are no longer due are stopped and left out."""
    batch = await lock(session, caller, batch_id)
    if batch.status != "drafted":
        raise WrongState
    if batch.drafted_by == caller.subject:
        raise FourEyes
    lines = {line.claim_id: line for line in await lines_of(session, batch)}
    movements = []
    for claim in await lock_claims(session, batch, list(lines.values())):
        line = lines[claim.id]
        if await _stopped(session, caller, claim, checked.get(claim.id)):
            line.state = "stopped"
            continue
        line.state = "in_transit"
        movements.append(Movement(Account(str(claim.held_in)), Account.IN_TRANSIT, line.amount_fen, claim.id))
        claim.held_in = Account.IN_TRANSIT.value
        await acts.note(session, claim, caller, "send", ClaimStatus.IN_BATCH)
    await _freeze(session, caller, batch, movements)
    return batch


async def _freeze(session: AsyncSession, caller: Principal, batch: PaymentBatch, movements: Sequence[Movement]) -> None:
    batch.count, batch.sum_fen = len(movements), sum(movement.amount_fen for movement in movements)
    batch.version += 1
    if movements:
        batch.status, batch.approved_by, batch.approved_on = "approved", caller.subject, clock.today()
    else:
        batch.status = "cancelled"
    await session.flush()
    await ledger.move(
        session,
        FundKey(batch.county_code, batch.fund_id),
        "dispatch",
        movements,
        document=f"batch {batch.id}",
        made_by=caller.subject,
        batch_id=batch.id,
    )
    await audit.record(session, "subsidy:batch:approve", caller, batch.id, count=batch.count, sum_fen=batch.sum_fen)


async def _stopped(session: AsyncSession, caller: Principal, claim: Claim, checked: Checked | None) -> bool:
    """Whether a claim may not be paid now. Raises `StaleVersion` when it changed since its facts were fetched."""
    if checked is None or checked.version != claim.version:
        raise StaleVersion
    if checked.gathered is None:
        await review.stop(session, caller, claim, "payment", "人员或录用记录已不存在")
        return True
    try:
        return await review.stop_unless_due(session, caller, claim, "payment", checked.gathered)
    except (Incomplete, PolicyHeld, NoPolicy) as problem:
        await review.stop(session, caller, claim, "payment", problem.detail.zh)
        return True


# --- reading ---


async def get(session: AsyncSession, caller: Principal, batch_id: UUID) -> PaymentBatch:
    """Raises `NotFound`."""
    batch: PaymentBatch | None = (await session.execute(queries.visible(caller, batch_id))).scalar_one_or_none()
    if batch is None:
        raise NotFound
    return batch


async def lock(session: AsyncSession, caller: Principal, batch_id: UUID) -> PaymentBatch:
    """A batch for change; it is locked before its claims, and they before the balances. Raises `NotFound`."""
    statement = queries.visible(caller, batch_id).with_for_update(key_share=True)
    batch: PaymentBatch | None = (await session.execute(statement)).scalar_one_or_none()
    if batch is None:
        raise NotFound
    return batch


async def lines_of(session: AsyncSession, batch: PaymentBatch) -> list[PaymentLine]:
    at = {"county": batch.county_code, "batch": batch.id}
    return list(await session.scalars(queries.LINES, at))


async def lock_claims(session: AsyncSession, batch: PaymentBatch, lines: Sequence[PaymentLine]) -> Sequence[Claim]:
    statement = claim_queries.locked(batch.county_code, [line.claim_id for line in lines])
    found: Sequence[Claim] = (await session.scalars(statement)).all()
    return found


async def line_page(
    session: AsyncSession, batch: PaymentBatch, state: str | None, after: UUID | None, limit: int
) -> list[LineOut]:
    statement = queries.LINES.limit(limit)
    if state is not None:
        statement = statement.where(col(PaymentLine.state) == state)
    if after is not None:
        statement = statement.where(col(PaymentLine.id) > after)
    found = await session.scalars(statement, {"county": batch.county_code, "batch": batch.id})
    return [LineOut.model_validate(line.model_dump() | {"amount": line.amount_fen}) for line in found]


async def shown(session: AsyncSession, batches: Sequence[PaymentBatch]) -> list[BatchOut]:
    states: dict[UUID, dict[str, int]] = {batch.id: {} for batch in batches}
    for batch_id, state, count in await session.execute(queries.STATES, {"batches": list(states)}):
        states[batch_id][state] = count
    return [
        BatchOut.model_validate(batch.model_dump() | {"sum": batch.sum_fen, "states": states[batch.id]})
        for batch in batches
    ]


async def page(
    session: AsyncSession, caller: Principal, status: str | None, after: UUID | None, limit: int
) -> Sequence[PaymentBatch]:
    found: Sequence[PaymentBatch] = (await session.scalars(queries.page(caller, status, after, limit))).all()
    return found


def _line(batch: PaymentBatch, number: int, claim: Claim) -> PaymentLine:
    return PaymentLine(
        county_code=batch.county_code,
        id=ids.new_id(),
        batch_id=batch.id,
        number=number,
        claim_id=claim.id,
        region=claim.region,
        payee_id=claim.payee_id,
        amount_fen=_amount(claim),
        state="drafted",
    )


def _amount(claim: Claim) -> int:
    if claim.amount_fen is None:
        raise AssertionError("an approved claim has an amount, by the table's CHECK")
    return claim.amount_fen
