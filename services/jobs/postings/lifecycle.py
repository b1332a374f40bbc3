"""How a posting's state moves. Pure.

    submitted → in_review → published ⇄ paused, → filled | expired | closed; in_review → rejected

An edit of what the county has read goes back to review; a longer list of vacancies or a later date does not.
"""

from collections.abc import Mapping
from typing import Any

from services.jobs.postings.schemas import PostingIn

_WITHOUT_REVIEW = frozenset({"headcount", "valid_through", "contact_phone"})
_MONTHLY_DAYS = (2175, 100)
"""Paid days of a month 月计薪天数: 21.75, by the ministry's reckoning of annual working time."""
_HOURS_A_DAY = 8
REFERABLE = frozenset({"published"})
MOVES = {
    "paused": frozenset({"published"}),
    "published": frozenset({"paused"}),
    "closed": frozenset({"in_review", "published", "paused", "filled", "expired"}),
}
"""From which states an organisation may bring its posting into these."""
HIREABLE = frozenset({"published", "paused", "expired", "closed"})
"""Whoever was referred in time may be hired after the notice has ended, as long as a vacancy is left."""


def content(posting: PostingIn) -> dict[str, Any]:
    """The columns that the organisation determines."""
    values = posting.model_dump(exclude={"wage_from", "wage_to"})
    return values | {
        "insurance": sorted(set(posting.insurance)),
        "capacities": sorted(set(posting.capacities)),
        "skills": sorted(set(posting.skills)),
        "wage_from_fen": posting.wage_from,
        "wage_to_fen": posting.wage_to,
        "monthly_fen": monthly(posting.wage_to, posting.wage_unit),
    }


def monthly(fen: int, unit: str) -> int:
    """A wage brought to a month, in fen, rounded down."""
    if unit == "month":
        return fen
    times, per = _MONTHLY_DAYS
    return fen * times * (_HOURS_A_DAY if unit == "hour" else 1) // per


def edited(status: str, changed: Mapping[str, Any], *, filled: int, headcount: int) -> str:
    """The state after an edit of the fields named by `changed`."""
    if changed.keys() - _WITHOUT_REVIEW or status in ("draft", "rejected", "closed", "expired", "in_review"):
        return "in_review"
    return recounted(status, filled=filled, headcount=headcount)


def recounted(status: str, *, filled: int, headcount: int) -> str:
    """The state after a hire, or after a hire was undone."""
    if status in ("published", "paused") and filled >= headcount:
        return "filled"
    if status == "filled" and filled < headcount:
        return "published"
    return status
