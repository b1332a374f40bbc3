"""Which pack decides: nearest place first, by the date of the event, with expiry and supersession."""

from datetime import date

import pytest

from services.subsidy.policy.applicability import Applicable, Held, NotApplicable, Packs, overlapping, which
from services.subsidy.policy.model import Pack
from tests.policy.samples import yunnan

MILE = "532504100201"


def pack(
    name: str,
    since: date = date(2017, 6, 22),
    until: date | None = date(2020, 12, 31),
    superseded_by: str | None = None,
    benefits: tuple[str, ...] = ("service_subsidy", "travel_subsidy"),
) -> Pack:
    """The Yunnan pack moved to another place or term."""
    return yunnan().model_copy(
        update={
            "id": name,
            "region": name.split("/")[0],
            "in_force_from": since,
            "in_force_to": until,
            "superseded_by": superseded_by,
            "benefits": tuple(b for b in yunnan().benefits if b.code in benefits),
        }
    )


def decided_by(packs: list[Pack], on: date, region: str = MILE, benefit: str = "travel_subsidy") -> str:
    found = Packs(tuple(packs)).applicable(benefit, region, on)
    match found:
        case Applicable():
            assert found.benefit.code == benefit
            return found.pack.id
        case Held():
            return f"held {found.pack.id}"
        case NotApplicable():
            return "none"


@pytest.mark.rule("S004-W5")
def test_a_village_of_mile_comes_under_the_provinces_document() -> None:
    assert decided_by([pack("53/p")], date(2018, 3, 1)) == "53/p"


def test_another_province_does_not() -> None:
    assert decided_by([pack("53/p")], date(2018, 3, 1), region="211322") == "none"
    assert decided_by([pack("5325/p")], date(2018, 3, 1), region="53") == "none"


@pytest.mark.parametrize(
    ("on", "decided"),
    [
        (date(2017, 6, 21), "none"),
        (date(2017, 6, 22), "53/p"),
        (date(2020, 12, 31), "53/p"),
        (date(2021, 1, 1), "held 53/p"),
    ],
)
def test_both_ends_of_the_term(on: date, decided: str) -> None:
    assert decided_by([pack("53/p")], on) == decided


def test_a_held_event_names_the_document_and_its_end() -> None:
    held = which([yunnan()], MILE, date(2021, 1, 1))
    assert isinstance(held, Held)
    assert "云人社发〔2017〕100号" in held.says.zh
    assert "2020-12-31" in held.says.zh


def test_the_nearest_place_comes_first() -> None:
    packs = [pack("53/p"), pack("532504/c"), pack("5325/q")]
    assert decided_by(packs, date(2018, 3, 1)) == "532504/c"
    assert decided_by(packs, date(2018, 3, 1), region="532501") == "5325/q"
    assert decided_by(packs, date(2018, 3, 1), region="530112") == "53/p"


def test_a_county_document_without_the_benefit_leaves_it_to_the_province() -> None:
    packs = [pack("53/p"), pack("532504/c", benefits=("service_subsidy",))]
    assert decided_by(packs, date(2018, 3, 1)) == "53/p"


def test_a_county_document_that_ended_leaves_it_to_the_province() -> None:
    packs = [pack("53/p"), pack("532504/c", until=date(2018, 12, 31))]
    assert decided_by(packs, date(2018, 12, 31)) == "532504/c"
    assert decided_by(packs, date(2019, 1, 1)) == "53/p"


def test_a_successor_decides_what_happens_from_its_first_day() -> None:
    packs = [pack("53/old", until=None, superseded_by="53/new"), pack("53/new", since=date(2019, 7, 1), until=None)]
    assert decided_by(packs, date(2019, 6, 30)) == "53/old"
    assert decided_by(packs, date(2019, 7, 1)) == "53/new"
    assert overlapping(packs) == []


def test_a_successor_that_is_not_loaded_changes_nothing() -> None:
    assert decided_by([pack("53/old", superseded_by="53/new")], date(2018, 3, 1)) == "53/old"


def test_two_documents_of_one_place_must_not_grant_the_same_at_once() -> None:
    one, other = pack("53/a", until=date(2019, 1, 1)), pack("53/b", since=date(2019, 1, 1))
    assert [benefit for _, _, benefit in overlapping([one, other])] == ["service_subsidy", "travel_subsidy"]
    assert overlapping([one, pack("53/b", since=date(2019, 1, 2))]) == []
    assert overlapping([one, pack("5325/b")]) == []
