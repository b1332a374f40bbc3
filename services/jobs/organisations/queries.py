"""Statements on organisations, built once. An officer's list is bound to a range of counties, never to row security."""

from sqlalchemy import bindparam, select
from sqlmodel import col

from services.jobs.organisations.models import Organisation
from services.jobs.statements import if_given

BY_ID = select(Organisation).where(col(Organisation.id) == bindparam("id"))
LOCKED = BY_ID.with_for_update().execution_options(populate_existing=True)
LIST = (
    select(Organisation)
    .where(
        col(Organisation.region) >= bindparam("low"),
        col(Organisation.region) < bindparam("high"),
        col(Organisation.id) > bindparam("after"),
        if_given(Organisation.kind, "kind"),
        if_given(Organisation.filed, "filed"),
        if_given(Organisation.status, "status"),
    )
    .order_by(col(Organisation.id))
    .limit(bindparam("limit"))
)
STATES = (
    select(Organisation)
    .where(col(Organisation.id) > bindparam("after"))
    .order_by(col(Organisation.id))
    .limit(bindparam("limit"))
)
