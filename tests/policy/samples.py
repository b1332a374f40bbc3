"""Ordinary claims under the Yunnan pack, and its text to change."""

from datetime import date

from services.subsidy.policy import load
from services.subsidy.policy.decision import Decision
from services.subsidy.policy.evaluate import evaluate
from services.subsidy.policy.model import Benefit, Pack

NAME = "53/yunnan-2017-100"
TEXT = (load.DIRECTORY / f"{NAME}.yaml").read_text(encoding="utf-8")

SERVICE: dict[str, object] = {
    "worker_base": "poverty_alleviated",
    "transfer": "outside_province",
    "organised": True,
    "organiser_kind": "agency",
    "organiser_filed": True,
    "hired_on": date(2018, 3, 1),
    "performed_until": date(2018, 6, 20),
    "spell_verified": True,
}
SERVICE_EVIDENCE = ("identity_proof", "employment_roster")
TRAVEL: dict[str, object] = {
    "worker_base": "poverty_alleviated",
    "worker_alive": True,
    "transfer": "outside_province",
    "spell_verified": True,
    "fare_fen": 48000,
    "ticket_date": date(2018, 3, 1),
}
TRAVEL_EVIDENCE = ("ticket",)


def yunnan() -> Pack:
    return next(pack for pack in load.packs().all if pack.id == NAME)


def benefit(code: str) -> Benefit:
    found = yunnan().benefit(code)
    assert found is not None
    return found


def service(**changes: object) -> Decision:
    return evaluate(yunnan(), benefit("service_subsidy"), SERVICE | changes, evidence=SERVICE_EVIDENCE)


def travel(**changes: object) -> Decision:
    return evaluate(yunnan(), benefit("travel_subsidy"), TRAVEL | changes, evidence=TRAVEL_EVIDENCE)


def changed(*replacements: tuple[str, str]) -> str:
    """The pack's text with some words replaced; each must be there."""
    text = TEXT
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new)
    return text


def refused_by(decision: Decision) -> list[str]:
    return [result.id for result in decision.conditions if result.truth == "not_held"]


def missing(decision: Decision) -> list[tuple[str, str]]:
    return [(item.kind, item.code) for item in decision.missing]
