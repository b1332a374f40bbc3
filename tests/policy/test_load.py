"""A pack that is not wholly sound does not load, and says what to mend."""

from datetime import date
from pathlib import Path

import pytest

from services.subsidy.policy import load
from services.subsidy.policy.evaluate import ParameterError, evaluate, value_on
from services.subsidy.policy.load import PackError
from services.subsidy.policy.model import Pack
from tests.policy.samples import NAME, TEXT, TRAVEL, TRAVEL_EVIDENCE, changed, missing

DOCUMENTS = Path(__file__).parents[2] / "docs" / "reference" / "documents"


def load_changed(*replacements: tuple[str, str]) -> Pack:
    return load.read_text(changed(*replacements), NAME)


def test_every_pack_of_the_build_loads_and_quotes_its_document_verbatim() -> None:
    packs = load.read_all(load.DIRECTORY, DOCUMENTS)
    assert [pack.id for pack in packs.all] == [NAME]
    assert packs == load.packs()
    assert packs.by_digest(packs.all[0].digest) is packs.all[0]


def test_a_quote_that_the_document_does_not_hold_is_found() -> None:
    altered = load_changed(
        (
            "从同级就业补助资金中列支。\n    rules: [S003-S2, S003-S2a]",
            "从省级就业补助资金中列支。\n    rules: [S003-S2, S003-S2a]",
        )
    )
    assert load.quotes_missing(altered, DOCUMENTS) == ["article a13: title or quote is not in the document"]
    assert load.quotes_missing(altered.model_copy(update={"document": "none.txt"}), DOCUMENTS) == [
        "the document none.txt is not there"
    ]


SPARE = """\
  spare:
    unit: yuan/person
    name: {zh: 备用, en: spare}
    article: a13
    set_by: province
    values: [{from: 2017-06-22, value: "1.00"}]
"""

REFUSED = {
    "unknown function": (("cel: worker_alive", "cel: age(worker_alive)"), "calls ['age']"),
    "operator beyond the few": (("fare_fen > 0", "fare_fen + 1 > 0"), "signs that conditions do not use"),
    "decimal number": (("fare_fen > 0", "fare_fen > 0.5"), "signs that conditions do not use"),
    "unknown variable": (("fare_fen > 0", "fare > 0"), "names ['fare'], neither a declared fact nor a parameter"),
    "not CEL": (("fare_fen > 0", "fare_fen > > 0"), "is not CEL"),
    "no question": (("fare_fen > 0", "1 > 0"), "asks about no fact"),
    "type that CEL refuses": (("fare_fen > 0", "fare_fen > false"), "fails for"),
    "type that CEL lets pass": (("cel: organised\n", "cel: organised == 1\n"), "same answer whatever 'organised' is"),
    "fact that changes nothing": (
        ("cel: organised\n", "cel: organised || worker_base in [1]\n"),
        "same answer whatever 'worker_base' is",
    ),
    "not a yes or no": (("fare_fen > 0", "fare_fen"), "answers int, not true or false"),
    "misspelt value": (
        ("'outside_county', 'outside_province'", "'outside_country', 'outside_province'"),
        "'outside_country'",
    ),
    "wrong arguments": (("months_performed(hired_on, performed_until)", "months_performed(hired_on)"), "fails for"),
    "quote that the article lacks": (
        ("quote: 开展有组织劳务输出", "quote: 开展自发劳务输出"),
        "quotes what article a12 does not say",
    ),
    "rule of another article": (("rule: S003-S2a", "rule: S003-S1a"), "cites S003-S1a, no rule of article a13"),
    "article that is not there": (
        ("date: ticket_date, times: 1, article: a13", "date: ticket_date, times: 1, article: a14"),
        "no article 'a14'",
    ),
    "parameter without article": (
        ("    article: a13\n    set_by", "    set_by"),
        "parameters.travel_cap.yuan/person.article",
    ),
    "parameter without unit": (("    unit: months\n", ""), "parameters.service_months"),
    "parameter without value": (
        ('values: [{from: 2017-06-22, value: "500.00"}]', "values: []"),
        "travel_cap: has no value on 2017-06-22",
    ),
    "parameter that begins late": (
        ('{from: 2017-06-22, value: "500.00"}', '{from: 2017-07-01, value: "500.00"}'),
        "travel_cap: has no value",
    ),
    "two values from one day": (
        (
            '[{from: 2017-06-22, value: "500.00"}]',
            '[{from: 2017-06-22, value: "500.00"}, {from: 2017-06-22, value: "1.00"}]',
        ),
        "two values begin on one day",
    ),
    "amount as a number": (('value: "500.00"', "value: 500.00"), "parameters.travel_cap"),
    "amount of nothing": (('value: "500.00"', 'value: "0.00"'), "parameters.travel_cap"),
    "months as text": (("value: 3}", 'value: "3"}'), "parameters.service_months"),
    "parameter used nowhere": (("\nparameters:\n", f"\nparameters:\n{SPARE}"), "parameters ['spare'] are used nowhere"),
    "months as an amount": (("cap: travel_cap", "cap: service_months"), "needs 'service_months' as a money parameter"),
    "fact that is no amount": (("actual: fare_fen", "actual: ticket_date"), "the amount cannot use 'ticket_date'"),
    "event that is no date": (("event: ticket_date", "event: fare_fen"), "the event cannot use 'fare_fen'"),
    "limit on what is no date": (
        ("date: ticket_date, times", "date: fare_fen, times"),
        "a limit cannot use 'fare_fen'",
    ),
    "fact not listed": (
        ("spell_verified, fare_fen, ticket_date]", "fare_fen, ticket_date]"),
        "differing: ['spell_verified']",
    ),
    "fact listed for nothing": (
        ("[worker_base, worker_alive, transfer, ", "[worker_base, worker_alive, organised, transfer, "),
        "differing: ['organised']",
    ),
    "fact not declared": (
        ("[worker_base, worker_alive, transfer, ", "[worker_base, age, worker_alive, transfer, "),
        "['age'] are not declared",
    ),
    "case without standard": (
        ("transfer in ['outside_county', ", "transfer in ['within_county', "),
        "nothing is payable for transfer = 'within_county', yet",
    ),
    "condition id twice": (("- id: fare_paid", "- id: worker_alive"), "'worker_alive' stands twice"),
    "condition that shadows the term": (("- id: fare_paid", "- id: in_force"), "'in_force' stands twice"),
    "unknown key": (("historical: true", "historical: true\nremark: none"), "remark: Extra inputs"),
    "key twice": (("historical: true", "historical: true\nhistorical: false"), "repeated keys ['historical']"),
    "own digest": (("historical: true", "historical: true\ndigest: x"), "does not state its own digest"),
    "other place": (('region: "53"', 'region: "21"'), "says id 53/yunnan-2017-100 and region 21"),
    "no place": (('region: "53"', 'region: "5"'), "region: "),
    "ends before it begins": (("in_force_to: 2020-12-31", "in_force_to: 2016-12-31"), "in_force_to comes before"),
    "not YAML": (("historical: true", "historical: [true"), "expected"),
    "time of day": (("issued_on: 2017-06-22", "issued_on: 2017-06-22 10:00:00"), "holds no datetime"),
}


@pytest.mark.parametrize(("replacement", "complaint"), REFUSED.values(), ids=REFUSED.keys())
def test_an_unsound_pack_does_not_load(replacement: tuple[str, str], complaint: str) -> None:
    with pytest.raises(PackError) as refusal:
        load_changed(replacement)
    assert complaint in str(refusal.value)


GOLDEN = {
    "amount": ('expect: {outcome: entitled, amount: "480.00"}', 'expect: {outcome: entitled, amount: "481.00"}'),
    "standard": ('value: "300.00"', 'value: "301.00"'),
    "cap": ('value: "500.00"', 'value: "499.99"'),
    "months": ("value: 3}", "value: 4}"),
    "condition": ("fare_fen > 0", "fare_fen >= 1000"),
    "term": ("in_force_to: 2020-12-31", "in_force_to: 2020-12-30"),
    "evidence": (
        "code: ticket\n        name: {zh: 车票, en: ticket}\n        required: true",
        "code: ticket\n        name: {zh: 车票, en: ticket}\n        required: false",
    ),
    "outcome": ("missing: [spell_verified]", "missing: [organised]"),
    "fact of another benefit": ("change: {worker_alive: false}", "change: {organised: false, worker_alive: false}"),
    "wrong type": ("change: {fare_fen: 1}", 'change: {fare_fen: "1"}'),
}


@pytest.mark.parametrize("replacement", GOLDEN.values(), ids=GOLDEN.keys())
def test_what_the_golden_cases_do_not_confirm_does_not_load(replacement: tuple[str, str]) -> None:
    with pytest.raises(PackError, match="golden case"):
        load_changed(replacement)


def test_a_benefit_without_golden_cases_does_not_load() -> None:
    head, tail = TEXT.split("  - code: travel_subsidy")
    without = head + "  - code: travel_subsidy" + tail[: tail.index("      cases:")] + "      cases: []\n"
    with pytest.raises(PackError, match=r"golden\.cases"):
        load.read_text(without, NAME)


def test_every_condition_has_to_be_seen_refusing() -> None:
    case = """\
        - name: 已死亡
          change: {worker_alive: false}
          expect: {outcome: refused, refused_by: [worker_alive]}
"""
    with pytest.raises(PackError, match=r"no golden case is refused by \['worker_alive'\]"):
        load_changed((case, ""))


def test_the_digest_is_of_the_content_and_not_of_the_layout() -> None:
    digest = load.read_text(TEXT, NAME).digest
    assert load.read_text(f"# a remark\n{TEXT}\n", NAME).digest == digest
    assert load_changed(("name: 票价一分", "name: 票价 0.01 元")).digest != digest


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(PackError) as refusal:
        load_changed(("rule: S003-S2a", "rule: S003-S1a"), ("quote: 开展有组织劳务输出", "quote: 开展自发劳务输出"))
    assert len(refusal.value.problems) == 2


def test_two_packs_of_one_place_may_not_grant_the_same(tmp_path: Path) -> None:
    (tmp_path / "53").mkdir()
    for name in ("53/yunnan-2017-100", "53/twin"):
        (tmp_path / f"{name}.yaml").write_text(changed(("id: 53/yunnan-2017-100", f"id: {name}")), encoding="utf-8")
    with pytest.raises(PackError, match="grants service_subsidy in the same place"):
        load.read_all(tmp_path)


COUNTY_CAP = (
    'set_by: province\n    values: [{from: 2017-06-22, value: "500.00"}]',
    'set_by: county\n    minimum: "100.00"\n    maximum: "500.00"',
)
COUNTY_GOLDEN = (
    "        ticket_date: 2018-03-01\n      cases:",
    '        ticket_date: 2018-03-01\n      local: {travel_cap: "500.00"}\n      cases:',
)


def test_a_county_sets_its_value_within_the_bounds_and_nothing_is_guessed_without_it() -> None:
    pack = load_changed(COUNTY_CAP, COUNTY_GOLDEN)
    travel = pack.benefit("travel_subsidy")
    assert travel is not None

    unset = evaluate(pack, travel, TRAVEL, evidence=TRAVEL_EVIDENCE)
    assert (unset.outcome, unset.amount, missing(unset)) == ("incomplete", None, [("parameter", "travel_cap")])

    decision = evaluate(pack, travel, TRAVEL, evidence=TRAVEL_EVIDENCE, local={"travel_cap": 30000})
    assert (decision.amount, decision.parameters["travel_cap"].set_by) == (30000, "county")
    for outside in (9999, 50001):
        with pytest.raises(ParameterError, match="bounds"):
            evaluate(pack, travel, TRAVEL, evidence=TRAVEL_EVIDENCE, local={"travel_cap": outside})


def test_a_county_may_not_set_what_the_document_sets() -> None:
    pack = load.read_text(TEXT, NAME)
    with pytest.raises(ParameterError, match="set by the document"):
        evaluate(pack, pack.benefits[1], TRAVEL, evidence=TRAVEL_EVIDENCE, local={"travel_cap": 60000})


def test_a_later_value_holds_from_its_day() -> None:
    pack = load_changed(
        (
            'values: [{from: 2017-06-22, value: "500.00"}]',
            'values: [{from: 2019-07-01, value: "600.00"}, {from: 2017-06-22, value: "500.00"}]',
        )
    )
    cap = pack.parameters["travel_cap"]
    days = [date(2017, 6, 21), date(2017, 6, 22), date(2019, 6, 30), date(2019, 7, 1)]
    assert [value_on(cap, day) for day in days] == [None, 50000, 50000, 60000]
