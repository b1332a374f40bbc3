"""What a benefit gives for given facts: a pure function of pack, facts, evidence and the county's values.

Missing facts never raise and are never false: a condition they leave open is unknown. One condition that does not
hold refuses, whatever else is unknown; otherwise anything missing leaves the claim incomplete.
"""

from collections.abc import Collection, Mapping
from datetime import date
from uuid import UUID

from services.subsidy.policy import amounts, conditions
from services.subsidy.policy import facts as facts_
from services.subsidy.policy.amounts import Arithmetic
from services.subsidy.policy.decision import (
    ConditionResult,
    Decision,
    FactSeen,
    LimitKey,
    Missing,
    ParameterSeen,
    Truth,
)
from services.subsidy.policy.facts import FactValue, Wording
from services.subsidy.policy.model import (
    Benefit,
    Condition,
    MoneyParameter,
    Outcome,
    Pack,
    Parameter,
    PersonYearLimit,
    SetBy,
)

Subjects = Mapping[str, UUID]
"""Who a limit counts: `person`, `placement`."""

IN_FORCE = "in_force"


class ParameterError(ValueError):
    """A local value for a parameter that the county does not set, or outside the pack's bounds."""


def evaluate(
    pack: Pack,
    benefit: Benefit,
    facts: Mapping[str, object],
    *,
    evidence: Collection[str],
    local: Mapping[str, int] | None = None,
) -> Decision:
    """Decide one benefit. `evidence` are the codes attached; `local` the county's values (fen, months) by parameter.

    Facts that the benefit does not ask for are ignored and not kept. Raises FactError for a value of the wrong type
    and ParameterError for a value that the county may not set: both are faults of the caller, not of the claim.
    """
    known = read_facts(pack, benefit, facts)
    event = known.get(benefit.event)
    event_on = event if isinstance(event, date) else None
    values = _values(pack, benefit, event_on, local or {})
    view = conditions.Known.of(known, values)
    results = (_in_force(pack, benefit, event_on), *(_judge(pack, c, view) for c in benefit.conditions))
    arithmetic = amounts.compute(benefit.amount, pack.facts, known, values)
    missing = _missing(pack, benefit, known, values, evidence, results)
    outcome = _outcome(results, missing, arithmetic)
    return Decision(
        pack=pack.id,
        digest=pack.digest,
        number=pack.number,
        region=pack.region,
        benefit=benefit.code,
        name=benefit.name,
        outcome=outcome,
        event_on=event_on,
        amount=arithmetic.result if arithmetic and outcome is Outcome.ENTITLED else None,
        arithmetic=None if outcome is Outcome.REFUSED else arithmetic,
        conditions=results,
        missing=missing,
        facts={name: _seen(pack, name, value) for name, value in known.items()},
        parameters={name: _parameter_seen(pack, name, value) for name, value in values.items()},
        evidence=tuple(sorted(set(evidence))),
    )


def replay(pack: Pack, decision: Decision) -> Decision:
    """Decide again from what a decision kept. Raises ValueError when this is not the pack that decided it."""
    benefit = pack.benefit(decision.benefit)
    if pack.digest != decision.digest or benefit is None:
        raise ValueError(f"decided by {decision.pack} {decision.digest}, not by {pack.id} {pack.digest}")
    facts = {name: seen.value for name, seen in decision.facts.items()}
    local = {name: seen.value for name, seen in decision.parameters.items() if seen.set_by is SetBy.COUNTY}
    return evaluate(pack, benefit, facts, evidence=decision.evidence, local=local)


def read_facts(pack: Pack, benefit: Benefit, facts: Mapping[str, object]) -> dict[str, FactValue]:
    """The facts that a benefit asks for and that are known, checked. Raises FactError."""
    given = {name: facts[name] for name in benefit.facts if facts.get(name) is not None}
    return {name: facts_.read(name, pack.facts[name], value) for name, value in given.items()}


def parameters_of(pack: Pack, benefit: Benefit) -> set[str]:
    """The parameters that a benefit's amount and conditions name."""
    named = {name for condition in benefit.conditions for name in conditions.variables(condition.cel)}
    return amounts.parameters(benefit.amount) | (named & pack.parameters.keys())


def value_on(parameter: Parameter, on: date) -> int | None:
    """The pack's own value on a day: the latest that had begun."""
    begun = [dated for dated in parameter.values if dated.since <= on]
    return max(begun, key=lambda dated: dated.since).value if begun else None


def limit_keys(benefit: Benefit, facts: Mapping[str, FactValue], subjects: Subjects) -> list[LimitKey]:
    """The keys to claim, under the database's locks, before a benefit is granted; `facts` as `read_facts` gives them.

    A limit whose date is not known has no key yet. Raises KeyError when a subject is missing.
    """
    keys = []
    for limit in benefit.limits:
        if isinstance(limit, PersonYearLimit):
            on = facts.get(limit.date)
            if isinstance(on, date):
                keys.append(LimitKey(benefit.code, "person", subjects["person"], str(on.year), limit.times))
        else:
            keys.append(LimitKey(benefit.code, "placement", subjects["placement"], "once", limit.times))
    return keys


def _values(pack: Pack, benefit: Benefit, on: date | None, local: Mapping[str, int]) -> dict[str, int]:
    values: dict[str, int] = {}
    for name in sorted(parameters_of(pack, benefit)):
        parameter = pack.parameters[name]
        value = _local(name, parameter, local[name]) if name in local else value_on(parameter, on) if on else None
        if value is not None:
            values[name] = value
    return values


def _local(name: str, parameter: Parameter, value: int) -> int:
    if parameter.set_by is not SetBy.COUNTY:
        raise ParameterError(f"{name!r} is set by the document, not by a county")
    low = 1 if parameter.minimum is None else parameter.minimum
    if value < low or (parameter.maximum is not None and value > parameter.maximum):
        raise ParameterError(f"{name!r} lies outside the document's bounds")
    return value


def _in_force(pack: Pack, benefit: Benefit, on: date | None) -> ConditionResult:
    """The term of force is the first condition of every benefit: it is decided by the event's date alone."""
    article = pack.articles[benefit.article]
    until = pack.in_force_to.isoformat() if pack.in_force_to else None
    term = Wording(
        zh=f"{pack.in_force_from} 起" + (f"至 {until}" if until else ""),
        en=f"from {pack.in_force_from}" + (f" to {until}" if until else ""),
    )
    says = Wording(
        zh=f"事件日期 {on},文件执行期 {term.zh}" if on else f"尚无事件日期,文件执行期 {term.zh}",
        en=f"event on {on}; the document is in force {term.en}" if on else f"no event date; in force {term.en}",
    )
    return ConditionResult(
        id=IN_FORCE,
        rule=None,
        article=article.number,
        quote=article.title,
        asks=Wording(zh="事件发生在文件执行期内", en="the event lies in the document's term of force"),
        truth=Truth.of(pack.in_force(on) if on else None),
        says=says,
    )


def _judge(pack: Pack, condition: Condition, known: conditions.Known) -> ConditionResult:
    truth = Truth.of(conditions.evaluate(condition.cel, known))
    says = {Truth.HELD: condition.held, Truth.NOT_HELD: condition.not_held, Truth.UNKNOWN: condition.unknown}[truth]
    return ConditionResult(
        id=condition.id,
        rule=condition.rule,
        article=pack.articles[condition.article].number,
        quote=condition.quote,
        asks=condition.asks,
        truth=truth,
        says=says,
    )


def _missing(
    pack: Pack,
    benefit: Benefit,
    known: Mapping[str, FactValue],
    values: Mapping[str, int],
    evidence: Collection[str],
    results: tuple[ConditionResult, ...],
) -> tuple[Missing, ...]:
    """Facts of open conditions and of the amount, evidence not attached, county values not set, in the pack's order."""
    open_ = {result.id for result in results if result.truth is Truth.UNKNOWN}
    named = {name for c in benefit.conditions if c.id in open_ for name in conditions.variables(c.cel)}
    wanted = {benefit.event} | amounts.facts(benefit.amount) | named
    facts = [name for name in benefit.facts if name in wanted and name not in known]
    # Without the event's date no value can be looked up: that is the fact that is missing, not the parameter.
    unset = sorted(parameters_of(pack, benefit) - values.keys()) if benefit.event in known else []
    proofs = [e for e in benefit.evidence if e.required and e.accepted.isdisjoint(evidence)]
    return (
        *(Missing(kind="fact", code=name, name=pack.facts[name].name) for name in facts),
        *(Missing(kind="evidence", code=proof.code, name=proof.name) for proof in proofs),
        *(Missing(kind="parameter", code=name, name=pack.parameters[name].name) for name in unset),
    )


def _outcome(
    results: tuple[ConditionResult, ...], missing: tuple[Missing, ...], arithmetic: Arithmetic | None
) -> Outcome:
    truths = {result.truth for result in results}
    if Truth.NOT_HELD in truths:
        return Outcome.REFUSED
    if missing or Truth.UNKNOWN in truths or arithmetic is None:
        return Outcome.INCOMPLETE
    return Outcome.ENTITLED


def _seen(pack: Pack, name: str, value: FactValue) -> FactSeen:
    fact = pack.facts[name]
    plain = value.isoformat() if isinstance(value, date) else value
    return FactSeen(name=fact.name, value=plain, shown=facts_.show(fact, value))


def _parameter_seen(pack: Pack, name: str, value: int) -> ParameterSeen:
    parameter = pack.parameters[name]
    return ParameterSeen(
        name=parameter.name,
        value=value,
        unit="fen/person" if isinstance(parameter, MoneyParameter) else parameter.unit,
        article=pack.articles[parameter.article].number,
        set_by=parameter.set_by,
    )
