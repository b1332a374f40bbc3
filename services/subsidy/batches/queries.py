"""Statements on payment batches."""

from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, Select, bindparam, func, select
from sqlmodel import col

from services.subsidy.batches.models import PaymentBatch, PaymentLine, PaymentResult
from services.subsidy.claims.models import Claim
from services.subsidy.payees.models import Payee
from services.subsidy.sight import in_county
from shared import regions
from shared.auth import Principal

LARGEST = 500
"""Lines of one batch: its facts are fetched again one by one when it is approved."""


def visible(caller: Principal, batch_id: UUID) -> Select[Any]:
    return select(PaymentBatch).where(col(PaymentBatch.id) == batch_id, in_county(PaymentBatch, caller))


def page(caller: Principal, status: str | None, after: UUID | None, limit: int) -> Select[Any]:
    statement = select(PaymentBatch).where(in_county(PaymentBatch, caller)).order_by(col(PaymentBatch.id)).limit(limit)
    if status is not None:
        statement = statement.where(col(PaymentBatch.status) == status)
    if after is not None:
        statement = statement.where(col(PaymentBatch.id) > after)
    return statement


def payable(county_code: str, fund_id: UUID, region: str) -> Select[Any]:
    """Approved claims of a fund and region, for change and in one order."""
    low, high = regions.bounds(region)
    return (
        select(Claim)
        .where(
            col(Claim.county_code) == county_code,
            col(Claim.fund_id) == fund_id,
            col(Claim.status) == "approved",
            col(Claim.region) >= low,
            col(Claim.region) < high,
        )
        .order_by(col(Claim.id))
        .limit(LARGEST)
        .with_for_update(key_share=True)
    )


_COUNTY: BindParameter[str] = bindparam("county")
_BATCH: BindParameter[UUID] = bindparam("batch")

LINES = (
    select(PaymentLine)
    .where(col(PaymentLine.county_code) == _COUNTY, col(PaymentLine.batch_id) == _BATCH)
    .order_by(col(PaymentLine.id))
)
CLAIMS = (
    select(Claim)
    .join(
        PaymentLine,
        (col(PaymentLine.county_code) == col(Claim.county_code)) & (col(PaymentLine.claim_id) == col(Claim.id)),
    )
    .where(col(PaymentLine.county_code) == _COUNTY, col(PaymentLine.batch_id) == _BATCH)
)
TO_SEND = (
    select(PaymentLine, Payee, Claim.benefit)  # type: ignore[call-overload]
    .join(
        Payee, (col(Payee.county_code) == col(PaymentLine.county_code)) & (col(Payee.id) == col(PaymentLine.payee_id))
    )
    .join(
        Claim, (col(Claim.county_code) == col(PaymentLine.county_code)) & (col(Claim.id) == col(PaymentLine.claim_id))
    )
    .where(
        col(PaymentLine.county_code) == _COUNTY,
        col(PaymentLine.batch_id) == _BATCH,
        col(PaymentLine.state) != "stopped",
    )
    .order_by(col(PaymentLine.number))
)
STATES = (
    select(PaymentLine.batch_id, PaymentLine.state, func.count().label("count"))  # type: ignore[call-overload]
    .where(col(PaymentLine.batch_id).in_(bindparam("batches", expanding=True)))
    .group_by(col(PaymentLine.batch_id), col(PaymentLine.state))
)
RESULTS = (
    select(PaymentResult)
    .where(col(PaymentResult.county_code) == _COUNTY, col(PaymentResult.batch_id) == _BATCH)
    .order_by(col(PaymentResult.id))
)
