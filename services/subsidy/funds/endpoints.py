"""Funds and the ledger."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.subsidy.funds import service
from services.subsidy.funds.errors import FundExists
from services.subsidy.funds.schemas import EntryPage, FundOut, FundPage, NewAppropriation, NewFund, TrialBalance
from services.subsidy.permissions import FundKeeper, FundReader
from shared import pagination
from shared.database import Session
from shared.errors import Invalid, NotFound, PreconditionRequired, problems
from shared.idempotency import RequiredKey
from shared.pagination import Cursor, Limit, after_id, next_page

router = APIRouter(prefix="/v1/funds", tags=["funds 资金"])
ledger_router = APIRouter(prefix="/v1/ledger", tags=["funds 资金"])


@router.post("", status_code=201, responses=problems(FundExists, PreconditionRequired))
async def add_fund(new: NewFund, session: Session, caller: FundKeeper, once: RequiredKey) -> FundOut:
    """Register a fund of one's county, by its budget document 登记资金."""
    made = await once.claim(session, caller, keep="forever")
    if made is None:
        fund = await service.add(session, caller, new)
        await once.done(session, fund.id)
    else:
        fund = await service.get(session, caller, UUID(made))
    return (await service.shown(session, caller, [fund]))[0]


@router.get("", responses=problems(Invalid))
async def list_funds(
    request: Request,
    response: Response,
    session: Session,
    caller: FundReader,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> FundPage:
    """Funds of the counties in one's region 资金列表."""
    pagination.refuse_unknown(request)
    found = await service.page(session, caller, after_id(cursor), limit)
    following = next_page(request, response, found, limit)
    return FundPage(items=await service.shown(session, caller, found), next=following)


@router.get("/{fund_id}", responses=problems(NotFound))
async def get_fund(fund_id: UUID, session: Session, caller: FundReader) -> FundOut:
    """One fund with its balances 资金及余额."""
    return (await service.shown(session, caller, [await service.get(session, caller, fund_id)]))[0]


@router.post("/{fund_id}/appropriations", status_code=201, responses=problems(NotFound, PreconditionRequired))
async def add_appropriation(
    fund_id: UUID, new: NewAppropriation, session: Session, caller: FundKeeper, once: RequiredKey
) -> FundOut:
    """Money that has come into a fund 指标下达."""
    made = await once.claim(session, caller, keep="forever")
    fund = await service.get(session, caller, fund_id)
    if made is None:
        await service.appropriate(session, caller, fund, new)
        await once.done(session, fund.id)
    return (await service.shown(session, caller, [fund]))[0]


@router.get("/{fund_id}/entries", responses=problems(Invalid, NotFound))
async def list_entries(
    fund_id: UUID,
    request: Request,
    response: Response,
    session: Session,
    caller: FundReader,
    claim_id: Annotated[UUID | None, Query(description="补贴申报 the claim they are for")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> EntryPage:
    """The movements of a fund, oldest first 资金分录."""
    pagination.refuse_unknown(request, "claim_id")
    fund = await service.get(session, caller, fund_id)
    found = await service.entries(session, fund, claim_id, after_id(cursor), limit)
    return EntryPage(items=found, next=next_page(request, response, found, limit))


@ledger_router.get("/trial-balance")
async def get_trial_balance(session: Session, caller: FundReader) -> TrialBalance:
    """Trial balance of all funds in one's region 试算平衡表."""
    return await service.trial_balance(session, caller)
