"""Statements on claims."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, Select, Update, bindparam, select, update
from sqlmodel import col

from services.subsidy.claims.models import Claim, ClaimAct, ClaimDecision, ClaimEvidence
from services.subsidy.sight import in_sight
from shared import regions
from shared.auth import Principal
from shared.tables import stored_file


def visible(caller: Principal, claim_id: UUID) -> Select[Any]:
    return select(Claim).where(col(Claim.id) == claim_id, in_sight(Claim, caller))


def page(caller: Principal, region: str | None, equal: dict[str, Any], after: UUID | None, limit: int) -> Select[Any]:
    """Claims in sight, oldest first; `equal` holds column values, None for any."""
    statement = select(Claim).where(in_sight(Claim, caller)).order_by(col(Claim.id)).limit(limit)
    for name, value in equal.items():
        if value is not None:
            statement = statement.where(col(getattr(Claim, name)) == value)
    if region is not None:
        low, high = regions.bounds(region)
        statement = statement.where(col(Claim.region) >= low, col(Claim.region) < high)
    if after is not None:
        statement = statement.where(col(Claim.id) > after)
    return statement


def locked(county_code: str, claim_ids: Sequence[UUID]) -> Select[Any]:
    """Claims of one county for change, in one order."""
    return (
        select(Claim)
        .where(col(Claim.county_code) == county_code, col(Claim.id).in_(claim_ids))
        .order_by(col(Claim.id))
        .with_for_update(key_share=True)
    )


_COUNTY: BindParameter[str] = bindparam("county")
_CLAIM: BindParameter[UUID] = bindparam("claim")

EVIDENCE = (
    select(ClaimEvidence.claim_id, ClaimEvidence.code, ClaimEvidence.file_id)  # type: ignore[call-overload]
    .add_columns(stored_file.c.media_type, stored_file.c.size)
    .join(stored_file, stored_file.c.id == col(ClaimEvidence.file_id))
    .where(
        col(ClaimEvidence.county_code) == _COUNTY,
        col(ClaimEvidence.claim_id).in_(bindparam("claims", expanding=True)),
    )
    .order_by(col(ClaimEvidence.code), col(ClaimEvidence.file_id))
)
ACTS = (
    select(ClaimAct)
    .where(col(ClaimAct.county_code) == _COUNTY, col(ClaimAct.claim_id) == _CLAIM)
    .order_by(col(ClaimAct.version))
)
LAST_DECISION = (
    select(ClaimDecision)
    .where(col(ClaimDecision.county_code) == _COUNTY, col(ClaimDecision.claim_id) == _CLAIM)
    .order_by(col(ClaimDecision.id).desc())
    .limit(1)
)
FILES = select(stored_file.c.id).where(
    stored_file.c.id.in_(bindparam("files", expanding=True)), stored_file.c.kind == "evidence"
)


def place_files(files: Sequence[UUID], region: str) -> Update:
    """Attached files lie where their claim lies, so that who examines it may open them."""
    return update(stored_file).where(stored_file.c.id.in_(files)).values(region=region)
