"""The steps that an organisation reports: interview, hire or decline, follow-ups, end.

    referred → interviewed → hired → ended; referred | interviewed → declined; hired → hire_refused (by the registry)

Each is safe to repeat: the same report again changes nothing, another one under the same step is refused. Locks are
taken in one order: placement, person, posting. What the registry must know goes there by a job of the same transaction.
"""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.jobs.organisations import service as organisations
from services.jobs.placements import queries, service
from services.jobs.placements.errors import AlreadyPlaced, ReportedOtherwise, WrongDates, WrongStep
from services.jobs.placements.models import FollowUp, Placement
from services.jobs.placements.schemas import Decline, End, Hire, Interview, NewFollowUp
from services.jobs.postings import service as postings
from services.jobs.tasks import queue
from shared import audit, clock, feed, ids
from shared.auth import Principal
from shared.errors import FieldError, NotFound, Text
from shared.tables import stored_file

RECORD = "record_spell"
"""The task that brings the registry to the present state; see `tasks.py`."""

_FUTURE = Text("日期不能晚于今天 {today}", "Should not be after today, {today}")
_EARLY = Text("日期不能早于 {first}", "Should not be before {first}")
_LATE = Text("日期不能晚于 {last}", "Should not be after {last}")
_NO_CONTRACT = Text("未签合同,不应填写合同日期", "There is no contract, so it has no dates")
_NO_PROOF = Text("没有这份证明材料,请先上传", "No such proof: upload it first")


async def interview(session: AsyncSession, caller: Principal, placement_id: UUID, given: Interview) -> Placement:
    placement = await _locked(session, caller, placement_id)
    on = given.interviewed_on or clock.today()
    _within("/interviewed_on", on, None, clock.today())
    if placement.interviewed_on == on:
        return placement
    _require(placement, "referred")
    placement.status, placement.interviewed_on = "interviewed", on
    return await _changed(session, caller, placement, "interview")


async def decline(session: AsyncSession, caller: Principal, placement_id: UUID, given: Decline) -> Placement:
    placement = await _locked(session, caller, placement_id)
    if placement.status == "declined":
        return _same(placement, decline_reason=given.reason)
    _require(placement, "referred", "interviewed")
    placement.status, placement.decline_reason = "declined", given.reason
    return await _changed(session, caller, placement, "decline")


async def hire(session: AsyncSession, caller: Principal, placement_id: UUID, given: Hire) -> Placement:
    """Takes a vacancy; one person works in one placement at a time. Raises `AlreadyPlaced`, `PostingFull`."""
    placement = await _locked(session, caller, placement_id)
    facts = given.model_dump(exclude={"monthly_wage"}) | {"monthly_wage_fen": given.monthly_wage}
    _within("/hired_on", given.hired_on, None, clock.today())
    _check_contract(given)
    if placement.status in ("hired", "hire_refused", "ended"):
        return _same(placement, hired_on=given.hired_on, monthly_wage_fen=given.monthly_wage)
    _require(placement, "referred", "interviewed")
    await organisations.for_business(session, placement.organisation_id)
    claim = {"person_id": placement.person_id, "placement_id": placement.id}
    if await session.scalar(queries.CLAIM_PERSON, claim) is None:
        raise AlreadyPlaced
    await postings.take_vacancy(session, placement.posting_id)
    for name, value in facts.items():
        setattr(placement, name, value)
    placement.status = "hired"
    return await _changed(session, caller, placement, "hire", tell=True)


async def follow_up(session: AsyncSession, caller: Principal, placement_id: UUID, given: NewFollowUp) -> Placement:
    """The work went on until a day. The latest such day decides contract and insurance. Rules: S003-S1a"""
    placement = await _locked(session, caller, placement_id)
    _require(placement, "hired", "ended")
    _within("/performed_until", given.performed_until, placement.hired_on, placement.ended_on or clock.today())
    earlier = {each.performed_until: each for each in await service.follow_ups(session, placement)}
    if (known := earlier.get(given.performed_until)) is not None:
        if any(getattr(known, name) != value for name, value in given.model_dump().items()):
            raise ReportedOtherwise
        return placement
    await _require_proof(session, given.proof_file_id)
    session.add(
        FollowUp(
            id=ids.new_id(),
            county_code=placement.county_code,
            placement_id=placement.id,
            region=placement.region,
            organisation_id=placement.organisation_id,
            reported_on=clock.today(),
            **given.model_dump(),
        )
    )
    if given.performed_until >= max(earlier, default=date.min):
        placement.performed_until = given.performed_until
        placement.contract_signed, placement.insured = given.contract_signed, given.insured
        if not given.contract_signed:
            placement.contract_from = placement.contract_to = None
    return await _changed(session, caller, placement, "follow_up", tell=True)


async def end(session: AsyncSession, caller: Principal, placement_id: UUID, given: End) -> Placement:
    placement = await _locked(session, caller, placement_id)
    if placement.status == "ended":
        return _same(placement, ended_on=given.ended_on, end_reason=given.reason)
    _require(placement, "hired")
    _within("/ended_on", given.ended_on, placement.performed_until or placement.hired_on, clock.today())
    placement.status, placement.ended_on, placement.end_reason = "ended", given.ended_on, given.reason
    await session.execute(queries.RELEASE_PERSON, {"id": placement.id})
    return await _changed(session, caller, placement, "end", tell=True)


async def _locked(session: AsyncSession, caller: Principal, placement_id: UUID) -> Placement:
    seen = await service.get(session, caller, placement_id)
    values = {"county": seen.county_code, "id": seen.id}
    return (await session.execute(queries.LOCKED, values)).scalar_one()


def _require(placement: Placement, *states: str) -> None:
    if placement.status not in states:
        raise WrongStep


def _same(placement: Placement, **reported: Any) -> Placement:
    """The placement, when it was reported just so already."""
    if any(getattr(placement, name) != value for name, value in reported.items()):
        raise ReportedOtherwise
    return placement


def _within(pointer: str, on: date, first: date | None, last: date) -> None:
    if on > last:
        text = _FUTURE.format(today=last) if last == clock.today() else _LATE.format(last=last)
        raise WrongDates(errors=[FieldError(pointer, text, "too_late")])
    if first is not None and on < first:
        raise WrongDates(errors=[FieldError(pointer, _EARLY.format(first=first), "too_early")])


def _check_contract(given: Hire) -> None:
    if not given.contract_signed and (given.contract_from or given.contract_to):
        raise WrongDates(errors=[FieldError("/contract_signed", _NO_CONTRACT, "no_contract")])
    if given.contract_from and given.contract_to and given.contract_to < given.contract_from:
        text = _EARLY.format(first=given.contract_from)
        raise WrongDates(errors=[FieldError("/contract_to", text, "too_early")])


async def _require_proof(session: AsyncSession, file_id: UUID | None) -> None:
    if file_id is None:
        return
    if await session.scalar(stored_file.select().with_only_columns(stored_file.c.id).filter_by(id=file_id)) is None:
        raise WrongDates(errors=[FieldError("/proof_file_id", _NO_PROOF, "no_proof")])


async def _changed(
    session: AsyncSession, caller: Principal, placement: Placement, action: str, *, tell: bool = False
) -> Placement:
    placement.version += 1
    if tell:
        placement.registry_state, placement.refusal, placement.refusal_text = "pending", None, None
        placement.reported_at = clock.system_now()
        await queue.defer(session, RECORD, lock=f"placement:{placement.id}", placement_id=str(placement.id))
    await session.flush()
    await feed.emit(session, service.event(placement))
    await audit.record(session, f"jobs:placement:{action}", caller, placement.id)
    return placement


async def note_recorded(session: AsyncSession, seen: Placement) -> None:
    """The registry has the state of `seen`. If more was reported meanwhile, that report's own job goes on."""
    placement = await _again(session, seen)
    if placement is not None:
        placement.registry_state, placement.recorded_at = "recorded", clock.system_now()
        placement.version += 1
        await session.flush()
        await feed.emit(session, service.event(placement))


async def note_refused(session: AsyncSession, seen: Placement, code: str, text: str) -> None:
    """The registry refused the state of `seen`. A hire that it never had is undone; otherwise the refusal is shown."""
    placement = await _again(session, seen)
    if placement is None:
        return
    placement.registry_state, placement.refusal, placement.refusal_text = "refused", code[:100], text[:500]
    if placement.recorded_at is None:
        placement.status = "hire_refused"
        await session.execute(queries.RELEASE_PERSON, {"id": placement.id})
        await postings.give_vacancy_back(session, placement.posting_id)
    placement.version += 1
    await session.flush()
    await feed.emit(session, service.event(placement))
    await audit.record(session, "jobs:placement:refused_by_registry", None, placement.id, result="failed", code=code)


async def _again(session: AsyncSession, seen: Placement) -> Placement | None:
    """The placement locked, if it is still as seen."""
    found = await session.execute(queries.LOCKED, {"county": seen.county_code, "id": seen.id})
    placement = found.scalar_one_or_none()
    if placement is None:
        raise NotFound
    return placement if placement.version == seen.version and placement.registry_state == "pending" else None
