"""Article 12: the service subsidy for those who organise labour export."""

from datetime import date
from uuid import UUID

import pytest

from services.subsidy.policy.evaluate import evaluate, limit_keys, read_facts
from tests.policy.samples import SERVICE, benefit, missing, refused_by, service, yunnan

PERSON, PLACEMENT = UUID(int=1), UUID(int=2)


@pytest.mark.rule("S003-S1")
@pytest.mark.parametrize(("transfer", "fen"), [("outside_province", 30000), ("outside_county", 20000)])
def test_the_amount_depends_on_how_far(transfer: str, fen: int) -> None:
    decision = service(transfer=transfer)
    assert (decision.outcome, decision.amount) == ("entitled", fen)


@pytest.mark.rule("S003-S1")
def test_nothing_is_paid_within_the_county() -> None:
    decision = service(transfer="within_county")
    assert (decision.outcome, decision.amount, decision.arithmetic) == ("refused", None, None)
    assert refused_by(decision) == ["outside_county"]


@pytest.mark.rule("S003-S1a")
@pytest.mark.parametrize(
    ("hired_on", "performed_until", "outcome"),
    [
        (date(2018, 3, 1), date(2018, 5, 29), "refused"),  # two months and 29 days
        (date(2018, 3, 1), date(2018, 5, 30), "refused"),
        (date(2018, 3, 1), date(2018, 5, 31), "entitled"),  # three months exactly
        (date(2017, 11, 30), date(2018, 2, 27), "refused"),
        (date(2017, 11, 30), date(2018, 2, 28), "entitled"),
        (date(2019, 11, 30), date(2020, 2, 28), "refused"),
        (date(2019, 11, 30), date(2020, 2, 29), "entitled"),
        (date(2018, 3, 1), date(2018, 2, 1), "refused"),  # ended before it began
    ],
)
def test_three_months_are_performed_or_not(hired_on: date, performed_until: date, outcome: str) -> None:
    decision = service(hired_on=hired_on, performed_until=performed_until)
    assert decision.outcome == outcome
    assert refused_by(decision) == ([] if outcome == "entitled" else ["performed_three_months"])


@pytest.mark.rule("S003-S1a")
@pytest.mark.parametrize("base", ["ordinary", "other"])
def test_only_registered_poor_workers_count(base: str) -> None:
    assert refused_by(service(worker_base=base)) == ["worker_registered_poor"]


@pytest.mark.rule("S003-S1b")
@pytest.mark.parametrize(
    ("kind", "filed", "outcome"),
    [
        ("agency", True, "entitled"),
        ("agency", False, "refused"),
        ("agency", None, "incomplete"),
        ("village_committee", None, "entitled"),  # filing is asked of agencies only
        ("village_committee", False, "entitled"),
        ("broker", None, "entitled"),
        ("employer", True, "refused"),
        ("employer", None, "refused"),
        ("other", True, "refused"),
        (None, True, "incomplete"),
    ],
)
def test_who_may_claim(kind: str | None, filed: bool | None, outcome: str) -> None:
    assert service(organiser_kind=kind, organiser_filed=filed).outcome == outcome


@pytest.mark.rule("S003-S1b")
def test_the_payee_is_one_of_the_three_and_the_origin_county_pays_from_the_employment_fund() -> None:
    subsidy = benefit("service_subsidy")
    assert subsidy.payee.kind == "organisation"
    assert subsidy.payee.organisations == ("agency", "village_committee", "broker")
    assert (subsidy.paid_by, subsidy.fund.name.zh, subsidy.fund.level) == ("origin", "就业补助资金", "same_level")
    assert [(step.code, step.by_another_person) for step in subsidy.review] == [
        ("township_review", False),
        ("county_check", False),
        ("approval", True),
    ]


@pytest.mark.rule("S003-S1a")
@pytest.mark.parametrize(
    ("evidence", "lacking"),
    [
        (["identity_proof", "employment_roster"], []),
        (["identity_proof", "wage_proof"], []),
        (["identity_proof", "performance_proof"], []),
        (["identity_proof"], [("evidence", "performance_proof")]),
        (["wage_proof", "ticket"], [("evidence", "identity_proof")]),
        ([], [("evidence", "identity_proof"), ("evidence", "performance_proof")]),
    ],
)
def test_identity_and_either_proof_of_performing_are_needed(
    evidence: list[str], lacking: list[tuple[str, str]]
) -> None:
    decision = evaluate(yunnan(), benefit("service_subsidy"), SERVICE, evidence=evidence)
    assert missing(decision) == lacking
    assert decision.outcome == ("incomplete" if lacking else "entitled")
    assert decision.arithmetic is not None
    assert decision.arithmetic.result == 30000  # what would be due is shown either way
    assert decision.amount == (None if lacking else 30000)


@pytest.mark.rule("S003-W3")
def test_an_unverified_employment_waits_and_a_false_one_is_refused() -> None:
    waiting = service(spell_verified=None)
    assert (waiting.outcome, missing(waiting)) == ("incomplete", [("fact", "spell_verified")])
    assert refused_by(service(spell_verified=False)) == ["employment_verified"]


def test_a_worker_who_went_alone_gives_nobody_a_subsidy() -> None:
    assert refused_by(service(organised=False)) == ["organised"]


def test_what_does_not_hold_refuses_even_when_something_is_missing() -> None:
    decision = service(transfer="within_county", performed_until=None)
    assert (decision.outcome, refused_by(decision)) == ("refused", ["outside_county"])


@pytest.mark.rule("S003-S1b")
def test_one_organiser_per_placement_whoever_claims() -> None:
    subsidy, subjects = benefit("service_subsidy"), {"person": PERSON, "placement": PLACEMENT}
    by_agency, by_village = (
        limit_keys(subsidy, read_facts(yunnan(), subsidy, SERVICE | {"organiser_kind": kind}), subjects)
        for kind in ("agency", "village_committee")
    )
    assert by_agency == by_village
    assert [str(key) for key in by_agency] == [f"service_subsidy/placement/{PLACEMENT}/once"]
