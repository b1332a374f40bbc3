"""Taking a bank's result in: line by line paid, or back; in whole, or not at all.

What a result does not mention stays unknown and is asked about later; a timeout is no answer. A line ends once: the
same result again changes nothing, another one is kept apart in quarantine.
"""

import hashlib
from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.subsidy.batches import matching, queries, service
from services.subsidy.batches.errors import Quarantined
from services.subsidy.batches.matching import ENDS, WAITING, Sent
from services.subsidy.batches.models import PaymentBatch, PaymentLine, PaymentResult
from services.subsidy.batches.schemas import ResultIn, ResultLine
from services.subsidy.batches.states import event_of
from services.subsidy.claims import acts
from services.subsidy.claims.models import Claim
from services.subsidy.events import ClaimStatus
from services.subsidy.funds import ledger
from services.subsidy.funds.ledger import FundKey, Movement
from services.subsidy.funds.models import Account, Fund
from shared import audit, clock, feed, ids
from shared.auth import Principal
from shared.errors import NotFound
from shared.files import FileStore


async def take(
    session: AsyncSession, files: FileStore, caller: Principal, batch_id: UUID, result: ResultIn, content: bytes
) -> PaymentResult:
    """Settle what a result says. Raises `Quarantined`, having changed nothing, when any of it does not fit."""
    batch = await service.lock(session, caller, batch_id)
    if known := await _known(session, batch, content):
        return known
    lines = {line.id: line for line in await service.lines_of(session, batch) if line.state != "stopped"}
    sent = {line.id: Sent(line.amount_fen, line.state) for line in lines.values()}
    if faults := matching.faults(result, batch.id, sent, batch.approved_on, clock.today()):
        raise Quarantined([fault.document() for fault in faults])
    settled = {each.line_id: each for each in result.lines if lines[each.line_id].state in WAITING}
    await _settle(session, caller, batch, [lines[line_id] for line_id in settled], settled, result)
    for line in lines.values():
        if line.state == "in_transit":
            line.state = "unknown"
    if all(line.state not in WAITING for line in lines.values()) and batch.status != "closed":
        batch.status = "closed"
    batch.version += 1
    await session.flush()
    await audit.record(session, "subsidy:batch:settle", caller, batch.id, lines=len(settled))
    return await _keep(session, files, caller, batch, "accepted", result, content, [])


async def quarantine(
    session: AsyncSession,
    files: FileStore,
    caller: Principal,
    batch_id: UUID,
    result: ResultIn,
    content: bytes,
    refused: Quarantined,
) -> None:
    """Keep a result apart with its reasons, in a transaction of its own: the one that refused it is undone."""
    batch = await service.get(session, caller, batch_id)
    await _keep(session, files, caller, batch, "quarantined", result, content, refused.reasons)
    codes = sorted({reason["code"] for reason in refused.reasons})
    await audit.record(session, "subsidy:batch:quarantine", caller, batch.id, result="failed", reasons=codes)


async def get(session: AsyncSession, caller: Principal, batch_id: UUID, result_id: UUID) -> PaymentResult:
    """Raises `NotFound`."""
    batch = await service.get(session, caller, batch_id)
    found = await session.get(PaymentResult, (batch.county_code, result_id))
    if found is None:
        raise NotFound
    return found


async def page(session: AsyncSession, batch: PaymentBatch, after: UUID | None, limit: int) -> Sequence[PaymentResult]:
    statement = queries.RESULTS.limit(limit)
    if after is not None:
        statement = statement.where(col(PaymentResult.id) > after)
    at = {"county": batch.county_code, "batch": batch.id}
    return (await session.scalars(statement, at)).all()


async def _settle(
    session: AsyncSession,
    caller: Principal,
    batch: PaymentBatch,
    lines: Sequence[PaymentLine],
    settled: Mapping[UUID, ResultLine],
    result: ResultIn,
) -> None:
    """Lines end, their claims with them, and their money goes on or comes back."""
    claims = {claim.id: claim for claim in await service.lock_claims(session, batch, lines)}
    fund = (
        await session.execute(
            select(Fund).where(col(Fund.county_code) == batch.county_code, col(Fund.id) == batch.fund_id)
        )
    ).scalar_one()
    movements = []
    for line in sorted(lines, key=lambda line: line.claim_id):
        said, claim = settled[line.id], claims[line.claim_id]
        line.state, line.reason, line.settled_on = ENDS[said.result], said.reason, result.settled_on
        line.version += 1
        movements.append(await _end_claim(session, caller, claim, said))
        await feed.emit(session, event_of(line, claim, fund))
    await ledger.move(
        session,
        FundKey(fund.county_code, fund.id),
        "result",
        movements,
        document=f"result of batch {batch.id}, {result.settled_on}",
        made_by=caller.subject,
        batch_id=batch.id,
    )


async def _end_claim(session: AsyncSession, caller: Principal, claim: Claim, said: ResultLine) -> Movement:
    paid = said.result == "success"
    account = Account.PAID if paid else Account.RETURNED
    claim.held_in, claim.status = account.value, (ClaimStatus.PAID if paid else ClaimStatus.FAILED).value
    await acts.note(session, claim, caller, "settle", ClaimStatus(claim.status), said.reason)
    return Movement(Account.IN_TRANSIT, account, said.amount, claim.id)


async def _known(session: AsyncSession, batch: PaymentBatch, content: bytes) -> PaymentResult | None:
    """The very same content, taken in before."""
    statement = select(PaymentResult).where(
        col(PaymentResult.county_code) == batch.county_code,
        col(PaymentResult.batch_id) == batch.id,
        col(PaymentResult.content_sha256) == hashlib.sha256(content).digest(),
        col(PaymentResult.state) == "accepted",
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def _keep(
    session: AsyncSession,
    files: FileStore,
    caller: Principal,
    batch: PaymentBatch,
    state: str,
    result: ResultIn,
    content: bytes,
    reasons: list[dict[str, object]],
) -> PaymentResult:
    file_id = await files.put(
        session,
        content,
        kind="payment_result",
        media_type="application/octet-stream",
        made_by=caller.subject,
        region=batch.county_code,
    )
    kept = PaymentResult(
        county_code=batch.county_code,
        id=ids.new_id(),
        batch_id=batch.id,
        state=state,
        content_sha256=hashlib.sha256(content).digest(),
        file_id=file_id,
        reasons=reasons,
        settled_on=result.settled_on,
        reported_by=caller.subject,
        reported_at=clock.system_now(),
    )
    await session.execute(insert(PaymentResult).values(kept.model_dump()).on_conflict_do_nothing())
    return kept
