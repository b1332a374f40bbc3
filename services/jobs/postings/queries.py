"""Statements on postings, built once."""

from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, select, text
from sqlmodel import col

from services.jobs.organisations.models import Organisation
from services.jobs.postings.models import Posting, PostingBatch
from services.jobs.statements import if_given

_NEWEST = col(Posting.id).desc()


def _listed(*bound: ColumnElement[bool]) -> Select[Any]:
    return (
        select(Posting)
        .where(
            *bound,
            col(Posting.id) < bindparam("before"),
            if_given(Posting.kind, "kind"),
            if_given(Posting.external_id, "external_id"),
            if_given(Posting.organisation_id, "organisation"),
        )
        .order_by(_NEWEST)
        .limit(bindparam("limit"))
    )


_WITH_STATUS = if_given(Posting.status, "status")
_WORK_PLACE = (col(Posting.work_region) >= bindparam("work_low"), col(Posting.work_region) < bindparam("work_high"))

BY_ID = select(Posting).where(col(Posting.id) == bindparam("id"))
WITH_ORGANISATION = (
    select(Posting, Organisation)
    .join(Organisation, col(Organisation.id) == col(Posting.organisation_id))
    .where(col(Posting.id) == bindparam("id"))
)
LOCKED = BY_ID.with_for_update().execution_options(populate_existing=True)
OWN = _listed(col(Posting.organisation_id) == bindparam("own"), _WITH_STATUS, *_WORK_PLACE)
"""An organisation's own."""
TO_REVIEW = _listed(
    col(Posting.region) >= bindparam("low"), col(Posting.region) < bindparam("high"), _WITH_STATUS, *_WORK_PLACE
)
"""Those that a region reviews, in any state."""
OPEN = _listed(col(Posting.status) == "published", *_WORK_PLACE)
"""The published ones, wherever they are reviewed."""

BY_EXTERNAL_IDS = (
    select(Posting)
    .where(
        col(Posting.organisation_id) == bindparam("own"),
        col(Posting.external_id).in_(bindparam("external_ids", expanding=True)),
    )
    .order_by(col(Posting.id))
    .with_for_update()
    .execution_options(populate_existing=True)
)
ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended('posting:' || CAST(:own AS text), 0))")
"""Of two requests of one organisation that name the same external id, the second finds what the first has made."""

OVERDUE = (
    select(Posting)
    .where(
        col(Posting.valid_through) < bindparam("today"),
        col(Posting.status).in_(("published", "paused", "in_review")),
    )
    .order_by(col(Posting.id))
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
STATES = select(Posting).where(col(Posting.id) > bindparam("after")).order_by(col(Posting.id)).limit(bindparam("limit"))
BATCH = select(PostingBatch).where(col(PostingBatch.id) == bindparam("id"))
