"""The review path (办理环节) of a claim, as its pack declares it: whose turn it is."""

from dataclasses import dataclass

from services.subsidy.claims.errors import NoPolicy, NotYourTurn
from services.subsidy.claims.models import Claim
from services.subsidy.errors import FourEyes, WrongState
from services.subsidy.events import ClaimStatus
from services.subsidy.policy import load
from services.subsidy.policy.model import Benefit, Pack, Step
from shared.auth import Duty, Principal, Role


@dataclass(frozen=True)
class Act:
    """What a step does to a claim."""

    name: str
    status: ClaimStatus
    duty: Duty


ACTS = {
    "township_review": Act("review", ClaimStatus.REVIEWED, Duty.REVIEWER),
    "county_check": Act("check", ClaimStatus.CHECKED, Duty.REVIEWER),
    "approval": Act("approve", ClaimStatus.APPROVED, Duty.APPROVER),
}
"""Every step code that packs may use."""

OPEN = frozenset({ClaimStatus.SUBMITTED, ClaimStatus.REVIEWED, ClaimStatus.CHECKED})


def benefit_of(claim: Claim) -> Benefit:
    """The benefit in the pack that decided the claim. Raises `NoPolicy` when this build does not have the pack."""
    benefit = pack_of(claim).benefit(claim.benefit)
    if benefit is None:
        raise NoPolicy
    return benefit


def pack_of(claim: Claim) -> Pack:
    """The pack that decided, or its present edition. Raises `NoPolicy`."""
    packs = load.packs()
    found = packs.by_digest(claim.pack_digest or "")
    found = found or next((pack for pack in packs.all if pack.id == claim.pack), None)
    if found is None:
        raise NoPolicy
    return found


def following(claim: Claim) -> Step | None:
    """The step that a claim waits for; None when it waits for none."""
    if claim.status not in OPEN:
        return None
    path = benefit_of(claim).review
    done = [ACTS[step.code].status for step in path]
    return path[0] if claim.status == ClaimStatus.SUBMITTED else path[done.index(ClaimStatus(claim.status)) + 1]


def require_turn(claim: Claim, caller: Principal, code: str | None = None) -> Step:
    """The step that is due, when it is the caller's (and is `code`). Raises `WrongState` or `NotYourTurn`."""
    step = following(claim)
    if step is None or (code is not None and step.code != code):
        raise WrongState
    its_duty = ACTS[step.code].duty in caller.duties
    if caller.role.value != step.level.value or caller.department != step.department or not its_duty:
        raise NotYourTurn
    return step


def require_other_person(caller: Principal, hands: set[str]) -> None:
    """Four eyes. Raises `FourEyes` when the caller has had a hand in it already."""
    if caller.subject in hands:
        raise FourEyes


def may_cancel_approved(caller: Principal) -> bool:
    """An approved or failed claim is taken back by an approver of the county only."""
    return caller.role is Role.COUNTY and Duty.APPROVER in caller.duties
