"""Payees: bank accounts that subsidies are paid to."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.subsidy.payees import service
from services.subsidy.payees.errors import OwnerUnclear
from services.subsidy.payees.schemas import NewPayee, PayeeOut, PayeePage
from services.subsidy.permissions import PayeeReader, PayeeWriter
from shared import pagination
from shared.database import Session
from shared.errors import Invalid, NotFound, Unavailable, problems
from shared.idempotency import OptionalKey
from shared.pagination import Cursor, Limit, after_id, next_page
from shared.runtime import CurrentRuntime

router = APIRouter(prefix="/v1/payees", tags=["payees 收款账户"])


@router.post("", status_code=201, responses=problems(OwnerUnclear, NotFound, Unavailable))
async def add_payee(
    new: NewPayee, session: Session, caller: PayeeWriter, runtime: CurrentRuntime, once: OptionalKey
) -> PayeeOut:
    """Register a bank account 登记收款账户. It never changes afterwards: a correction is another payee."""
    region = await service.region_for(runtime.clients["registry"], caller, new)
    made = await once.claim(session, caller)
    if made is None:
        payee = await service.add(session, runtime.keyring, caller, new, region)
        await once.done(session, payee.id)
    else:
        payee = await service.get(session, caller, UUID(made))
    return (await service.masked(session, runtime.keyring, [payee]))[0]


@router.get("", responses=problems(Invalid))
async def list_payees(
    request: Request,
    response: Response,
    session: Session,
    caller: PayeeReader,
    runtime: CurrentRuntime,
    person_id: Annotated[UUID | None, Query(description="本人 the person paid")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> PayeePage:
    """Payees in one's region, or of one's organisation 收款账户列表."""
    pagination.refuse_unknown(request, "person_id")
    found = await service.page(session, caller, person_id, after_id(cursor), limit)
    following = next_page(request, response, found, limit)
    return PayeePage(items=await service.masked(session, runtime.keyring, found), next=following)


@router.get("/{payee_id}", responses=problems(NotFound))
async def get_payee(payee_id: UUID, session: Session, caller: PayeeReader, runtime: CurrentRuntime) -> PayeeOut:
    """One payee, masked 收款账户(掩码)."""
    payee = await service.get(session, caller, payee_id)
    return (await service.masked(session, runtime.keyring, [payee]))[0]
