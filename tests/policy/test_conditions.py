"""Conditions: three-valued over what is known, checked over samples before they decide anything."""

from datetime import date

import pytest

from services.subsidy.policy import conditions
from services.subsidy.policy.conditions import ConditionError, Known
from services.subsidy.policy.facts import (
    BoolFact,
    DateFact,
    Fact,
    FactError,
    FactValue,
    IntFact,
    RegionFact,
    TextFact,
    Wording,
    read,
)

NAME = Wording(zh="名", en="name")
SINCE = date(2017, 6, 22)
FACTS: dict[str, Fact] = {
    "asked": BoolFact(kind="bool", name=NAME),
    "agreed": BoolFact(kind="bool", name=NAME),
    "months": IntFact(kind="int", unit="count", name=NAME, minimum=0, maximum=36),
    "born": DateFact(kind="date", name=NAME),
    "died": DateFact(kind="date", name=NAME),
    "place": RegionFact(kind="region", name=NAME),
    "size": TextFact(kind="text", name=NAME, values={"small": NAME, "large": NAME}),
}


@pytest.mark.parametrize(
    ("source", "known", "answer"),
    [
        ("asked", {}, None),
        ("!asked", {}, None),
        ("asked && agreed", {"asked": True}, None),
        ("asked && agreed", {"asked": False}, False),
        ("agreed && asked", {"asked": False}, False),
        ("asked || agreed", {"asked": False}, None),
        ("asked || agreed", {"asked": True}, True),
        ("agreed || asked", {"asked": True}, True),
        ("size in ['large']", {}, None),
        ("size != 'large'", {}, None),
        ("size != 'large'", {"size": "small"}, True),
        ("months >= least", {}, None),
        ("months_performed(born, died) >= least", {"born": SINCE}, None),
        ("months_performed(born, died) >= least", {"born": SINCE, "died": date(2017, 9, 21)}, True),
        ("months_performed(born, died) >= least || asked", {"born": SINCE, "asked": True}, True),
    ],
)
def test_a_missing_fact_is_unknown_unless_the_rest_settles_it(
    source: str, known: dict[str, FactValue], answer: bool | None
) -> None:
    assert conditions.evaluate(source, Known.of(known, {"least": 3})) is answer


def test_a_failure_that_no_missing_fact_explains_is_not_called_unknown() -> None:
    with pytest.raises(RuntimeError):
        conditions.evaluate("months_performed(born, died) >= 3", Known.of({"born": -5, "died": SINCE}, {}))


@pytest.mark.parametrize(
    ("source", "facts"),
    [
        ("months >= least", {"months"}),
        ("months == 7", {"months"}),  # the numbers written down are among the samples
        ("born < died", {"born", "died"}),
        ("place in ['532504', '53']", {"place"}),
        ("size == 'large' && !asked", {"size", "asked"}),
        ("months_performed(born, died) >= 36", {"born", "died"}),
    ],
)
def test_sound_conditions_name_their_facts(source: str, facts: set[str]) -> None:
    assert conditions.check(source, FACTS, {"least": 3}, SINCE) == facts


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("months == '7'", "compares with '7'"),
        ("months > 99", "same answer whatever 'months'"),  # beyond what the fact can be
        ("asked || !asked", "same answer whatever 'asked'"),
        ("asked || months == asked", "same answer whatever 'months'"),
        ("place == '5325x4'", "compares with '5325x4'"),
        ("asked && least", "fails for"),
        ("asked ? agreed : asked", "signs"),
        ("size.contains('large')", "signs"),
        ('size == "large"', "signs"),
        ("size == 'large' // if ever", "signs"),
        ("date('2018-01-01') == born", "calls ['date']"),
        ("matches(size, 'large')", "calls ['matches']"),
        ("height > 3", "names ['height']"),
        ("born < died && months > 1 && asked && agreed && size == 'small' && place == '53' && months < 9", ""),
    ],
)
def test_unsound_conditions_are_refused(source: str, complaint: str) -> None:
    with pytest.raises(ConditionError) as refusal:
        conditions.check(source, FACTS, {"least": 3}, SINCE)
    assert (complaint or "make it several") in str(refusal.value)


@pytest.mark.parametrize(
    ("name", "given", "value"),
    [
        ("asked", False, False),
        ("months", 36, 36),
        ("born", "2018-02-28", date(2018, 2, 28)),
        ("born", SINCE, SINCE),
        ("place", "532504", "532504"),
        ("size", "small", "small"),
    ],
)
def test_values_are_read_as_declared(name: str, given: object, value: object) -> None:
    assert read(name, FACTS[name], given) == value


@pytest.mark.parametrize(
    ("name", "given"),
    [("asked", 0), ("asked", "true"), ("months", 37), ("months", True), ("months", 3.0), ("place", "5325x4"),
     ("place", 53), ("size", "medium"), ("size", 1), ("born", "2018-2-1"), ("born", "2300-01-01")],
)  # fmt: skip
def test_values_of_another_type_are_refused_without_repeating_them(name: str, given: object) -> None:
    with pytest.raises(FactError) as refusal:
        read(name, FACTS[name], given)
    assert str(refusal.value) == f"fact {name!r} is not a valid {FACTS[name].kind}"
