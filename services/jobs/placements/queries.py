"""Statements on placements, built once. Every list is bound to a region or to an organisation."""

from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from services.jobs.organisations.models import Organisation
from services.jobs.placements.models import FollowUp, OpenHire, Placement
from services.jobs.statements import if_given

_ID = col(Placement.id) == bindparam("id")
_IN_REGION = (col(Placement.region) >= bindparam("low"), col(Placement.region) < bindparam("high"))
_OWN = col(Placement.organisation_id) == bindparam("own")


def _newest(*bound: ColumnElement[bool]) -> Select[Any]:
    return (
        select(Placement)
        .where(
            *bound,
            col(Placement.id) < bindparam("before"),
            if_given(Placement.status, "status"),
            if_given(Placement.posting_id, "posting_id"),
        )
        .order_by(col(Placement.id).desc())
        .limit(bindparam("limit"))
    )


OWN = select(Placement).where(_ID, _OWN)
IN_REGION = select(Placement).where(_ID, *_IN_REGION)
LOCKED = (
    select(Placement)
    .where(col(Placement.county_code) == bindparam("county"), _ID)
    .with_for_update()
    .execution_options(populate_existing=True)
)
ANY = select(Placement).where(_ID)
"""For the service's own work."""
WITH_ORGANISATION = select(Placement, Organisation).join(
    Organisation, col(Organisation.id) == col(Placement.organisation_id)
).where(_ID)  # fmt: skip
LIST_OWN = _newest(_OWN)
LIST_IN_REGION = _newest(*_IN_REGION, if_given(Placement.person_id, "person_id"))
LIST_IN_COUNTY = LIST_IN_REGION.where(col(Placement.county_code) == bindparam("county"))

CLAIM_PERSON = (
    insert(OpenHire)
    .values(person_id=bindparam("person_id"), placement_id=bindparam("placement_id"))
    .on_conflict_do_nothing()
    .returning(col(OpenHire.person_id))
)
PLACED = select(OpenHire).where(col(OpenHire.person_id) == bindparam("person_id"))
RELEASE_PERSON = delete(OpenHire).where(col(OpenHire.placement_id) == bindparam("id"))

FOLLOW_UPS = (
    select(FollowUp)
    .where(col(FollowUp.county_code) == bindparam("county"), col(FollowUp.placement_id) == bindparam("id"))
    .order_by(col(FollowUp.performed_until))
)
PENDING = (
    select(Placement.id)  # type: ignore[call-overload]
    .where(col(Placement.registry_state) == "pending", col(Placement.reported_at) < bindparam("until"))
    .order_by(col(Placement.reported_at))
    .limit(bindparam("limit"))
)
TOUCH = (
    update(Placement)
    .where(col(Placement.id).in_(bindparam("ids", expanding=True)))
    .values(reported_at=bindparam("now"))
)
STATES = (
    select(Placement)
    .where(col(Placement.id) > bindparam("after"))
    .order_by(col(Placement.id))
    .limit(bindparam("limit"))
)
