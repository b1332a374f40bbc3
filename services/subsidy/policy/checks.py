"""What must be true of a pack before it decides anything. Each check yields sentences that name the mend."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from services.subsidy.policy import amounts, conditions
from services.subsidy.policy.conditions import ConditionError
from services.subsidy.policy.decision import Decision, Truth
from services.subsidy.policy.evaluate import IN_FORCE, ParameterError, evaluate, parameters_of
from services.subsidy.policy.facts import DateFact, FactError, IntFact, TextFact
from services.subsidy.policy.model import (
    Benefit,
    Expectation,
    GoldenCase,
    MoneyParameter,
    Outcome,
    Pack,
    PersonYearLimit,
    SetBy,
)


def problems(pack: Pack) -> list[str]:
    """Everything that keeps a pack from loading, in the order of the file. Later checks assume the earlier ones."""
    found = [*_names(pack), *_articles(pack), *_parameters(pack)]
    for check in (_forms, _conditions, _facts_used, _refused_where_unpayable, _golden):
        for benefit in pack.benefits if not found else ():
            found += [f"{benefit.code}: {problem}" for problem in check(pack, benefit)]
    if not found:
        found += _unused_parameters(pack)
    return found


def quotes_missing_in(pack: Pack, document: str) -> list[str]:
    """Articles whose title or sentence does not stand verbatim in the document's text."""
    return [
        f"article {key}: title or quote is not in the document"
        for key, a in pack.articles.items()
        if not (a.title in document and a.quote in document)
    ]


def _names(pack: Pack) -> Iterator[str]:
    if clash := pack.facts.keys() & pack.parameters.keys():
        yield f"{sorted(clash)} are facts and parameters at once"
    if pack.in_force_to is not None and pack.in_force_to < pack.in_force_from:
        yield "in_force_to comes before in_force_from"
    yield from _twice("benefits", (benefit.code for benefit in pack.benefits))
    for benefit in pack.benefits:
        yield from _twice(f"{benefit.code}: conditions", (IN_FORCE, *(c.id for c in benefit.conditions)))
        yield from _twice(f"{benefit.code}: evidence", (code for e in benefit.evidence for code in e.accepted))
        yield from _twice(f"{benefit.code}: steps", (step.code for step in benefit.review))
        if undeclared := set(benefit.facts) - pack.facts.keys():
            yield f"{benefit.code}: {sorted(undeclared)} are not declared as facts"


def _twice(what: str, names: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            yield f"{what}: {name!r} stands twice"
        seen.add(name)


def _articles(pack: Pack) -> Iterator[str]:
    """Every reference leads to an article of the pack, every condition quotes it and cites one of its rules."""
    for benefit in pack.benefits:
        referring: list[Any] = [benefit, *benefit.limits, *benefit.evidence, *benefit.conditions]
        for article in {thing.article for thing in referring} - pack.articles.keys():
            yield f"{benefit.code}: there is no article {article!r}"
        for condition in benefit.conditions:
            source = pack.articles.get(condition.article)
            if source is not None and condition.quote not in source.quote:
                yield f"{benefit.code}: {condition.id} quotes what article {condition.article} does not say"
            if source is not None and condition.rule not in source.rules:
                yield f"{benefit.code}: {condition.id} cites {condition.rule}, no rule of article {condition.article}"


def _parameters(pack: Pack) -> Iterator[str]:
    for name, parameter in pack.parameters.items():
        if parameter.article not in pack.articles:
            yield f"parameter {name}: there is no article {parameter.article!r}"
        dates = [dated.since for dated in parameter.values]
        if len(set(dates)) < len(dates):
            yield f"parameter {name}: two values begin on one day"
        if parameter.set_by is SetBy.PROVINCE and (not dates or min(dates) > pack.in_force_from):
            yield f"parameter {name}: has no value on {pack.in_force_from}; give one, or say set_by: county"


def _forms(pack: Pack, benefit: Benefit) -> Iterator[str]:
    """The amount, the event and the limits name facts and parameters of the right kind."""
    yield from _wrong_kind(pack, benefit.event, "the event", lambda fact: isinstance(fact, DateFact))
    for limit in benefit.limits:
        if isinstance(limit, PersonYearLimit):
            yield from _wrong_kind(pack, limit.date, "a limit", lambda fact: isinstance(fact, DateFact))
    form = benefit.amount
    for name in sorted(amounts.parameters(form)):
        if not isinstance(pack.parameters.get(name), MoneyParameter):
            yield f"the amount needs {name!r} as a money parameter"
    if isinstance(form, amounts.ByCase):
        yield from _wrong_kind(
            pack,
            form.fact,
            "the amount",
            lambda f: isinstance(f, TextFact) and form.standards.keys() <= f.values.keys(),
        )
    if isinstance(form, amounts.CappedActual):
        yield from _wrong_kind(pack, form.actual, "the amount", lambda f: isinstance(f, IntFact) and f.unit == "fen")


def _wrong_kind(pack: Pack, name: str, what: str, fits: Callable[[object], bool]) -> Iterator[str]:
    if not fits(pack.facts.get(name)):
        yield f"{what} cannot use {name!r}: not declared, or of another kind"


def _standards(pack: Pack) -> Iterator[dict[str, int]]:
    """The pack's values as of each day on which one begins; a county's open value stands at the edge of its bounds."""
    days = {pack.in_force_from} | {dated.since for parameter in pack.parameters.values() for dated in parameter.values}
    for day in sorted(days):
        values = {}
        for name, parameter in pack.parameters.items():
            begun = sorted((dated.since, dated.value) for dated in parameter.values if dated.since <= day)
            values[name] = begun[-1][1] if begun else parameter.minimum or 1
        yield values


def _conditions(pack: Pack, benefit: Benefit) -> Iterator[str]:
    for condition in benefit.conditions:
        try:
            for standards in _standards(pack):
                conditions.check(condition.cel, pack.facts, standards, pack.in_force_from)
        except ConditionError as error:
            yield f"condition {condition.id}: {error}"


def _facts_used(pack: Pack, benefit: Benefit) -> Iterator[str]:
    """The facts listed are exactly those used: a form shows them, a claim fetches them, nothing else is kept."""
    used = {benefit.event} | amounts.facts(benefit.amount)
    used |= {limit.date for limit in benefit.limits if isinstance(limit, PersonYearLimit)}
    for condition in benefit.conditions:
        used |= conditions.variables(condition.cel) & pack.facts.keys()
    if used != set(benefit.facts):
        yield f"facts must list what is used and nothing else; differing: {sorted(used ^ set(benefit.facts))}"


def _refused_where_unpayable(pack: Pack, benefit: Benefit) -> Iterator[str]:
    for name, value in amounts.unpayable(benefit.amount, pack.facts):
        for standards in _standards(pack):
            known = conditions.Known.of({name: value}, standards)
            if all(conditions.evaluate(condition.cel, known) is not False for condition in benefit.conditions):
                yield f"nothing is payable for {name} = {value!r}, yet no condition refuses it"


def _golden(pack: Pack, benefit: Benefit) -> Iterator[str]:
    """The cases come out as written, and together they show the benefit granted and every condition refusing."""
    refusing: set[str] = set()
    for case in benefit.golden.cases:
        refusing |= set(case.expect.refused_by)
        yield from _golden_case(pack, benefit, case)
    if not any(case.expect.outcome is Outcome.ENTITLED for case in benefit.golden.cases):
        yield "no golden case is entitled"
    if untested := {c.id for c in benefit.conditions} - refusing:
        yield f"no golden case is refused by {sorted(untested)}"


def _golden_case(pack: Pack, benefit: Benefit, case: GoldenCase) -> Iterator[str]:
    given = benefit.golden.facts | case.change
    if strange := given.keys() - set(benefit.facts):
        yield f"golden case {case.name}: the benefit does not ask for {sorted(strange)}"
    evidence = case.evidence if case.evidence is not None else tuple(e.code for e in benefit.evidence if e.required)
    try:
        came = _outcome_of(evaluate(pack, benefit, given, evidence=evidence, local=benefit.golden.local))
    except (FactError, ParameterError) as error:
        yield f"golden case {case.name}: {error}"
        return
    if came != case.expect:
        yield f"golden case {case.name}: expected {_short(case.expect)}, came out {_short(came)}"


def _outcome_of(decision: Decision) -> Expectation:
    refused = decision.outcome is Outcome.REFUSED
    incomplete = decision.outcome is Outcome.INCOMPLETE
    return Expectation.model_construct(
        outcome=decision.outcome,
        amount=decision.amount,
        refused_by=tuple(r.id for r in decision.conditions if r.truth is Truth.NOT_HELD) if refused else (),
        missing=tuple(m.code for m in decision.missing) if incomplete else (),
    )


def _short(expectation: Expectation) -> str:
    return expectation.model_dump_json(exclude_defaults=True)


def _unused_parameters(pack: Pack) -> Iterator[str]:
    used = {name for benefit in pack.benefits for name in parameters_of(pack, benefit)}
    if unused := pack.parameters.keys() - used:
        yield f"parameters {sorted(unused)} are used nowhere"
