"""A decision as an officer reads it: result, each condition with article and sentence, the sum, what is missing."""

from typing import Any

from services.subsidy.policy.decision import Decision, Truth
from services.subsidy.policy.model import Outcome
from shared.money import format_yuan

MARKS = {Truth.HELD: "✓", Truth.NOT_HELD: "✗", Truth.UNKNOWN: "?"}
_OUTCOMES = {Outcome.ENTITLED: "符合条件", Outcome.REFUSED: "不符合条件", Outcome.INCOMPLETE: "材料或信息不全"}
_KINDS = {"fact": "信息", "evidence": "材料", "parameter": "县级标准"}
_UNITS = {"months": "个月"}


def data(decision: Decision) -> dict[str, Any]:
    """The decision as JSON data, money as decimal strings of yuan (fen where a unit says so)."""
    return decision.model_dump(mode="json")


def lines(decision: Decision) -> list[str]:
    """Readable Chinese lines. They hold no name or number of a person: the facts are those of the pack."""
    sum_ = f",应发 {format_yuan(decision.amount)} 元" if decision.amount is not None else ""
    return [
        f"{decision.name.zh}({decision.number}):{_OUTCOMES[decision.outcome]}{sum_}",
        *_conditions(decision),
        *_arithmetic(decision),
        *(f"缺少{_KINDS[missing.kind]}:{missing.name.zh}" for missing in decision.missing),
        *(f"事实:{fact.name.zh} = {fact.shown}" for fact in decision.facts.values()),
        *(f"标准:{p.name.zh} = {_value(p.value, p.unit)}(第 {p.article} 条)" for p in decision.parameters.values()),
        f"依据:政策包 {decision.pack},{decision.digest}",
    ]


def _conditions(decision: Decision) -> list[str]:
    return [
        f"{MARKS[result.truth]} {result.asks.zh}:{result.says.zh} —— 第 {result.article} 条“{result.quote}”"
        for result in decision.conditions
    ]


def _arithmetic(decision: Decision) -> list[str]:
    if decision.arithmetic is None:
        return []
    label = "计算" if decision.outcome is Outcome.ENTITLED else "补齐后可发"
    return [f"{label}:{decision.arithmetic.words.zh}"]


def _value(value: int, unit: str) -> str:
    return f"{format_yuan(value)} 元/人" if unit == "fen/person" else f"{value} {_UNITS.get(unit, unit)}"
