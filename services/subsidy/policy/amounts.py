"""How much: declared forms, computed exactly in whole fen. No money ever enters an expression.

A further form (per head and day, a share of a standard, an indexed base by month) is one more class in `Amount`
with its branch in `compute`; one that divides also names its rounding rule.
"""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from services.subsidy.policy.facts import Fact, FactValue, IntFact, Strict, TextFact, Wording
from shared.money import Fen, format_yuan


class Fixed(Strict):
    """One standard for everyone."""

    form: Literal["fixed"]
    standard: str = Field(description="name of a money parameter")


class ByCase(Strict):
    """A standard for each value of a fact; a value without a standard must be refused by a condition."""

    form: Literal["by_case"]
    fact: str
    standards: dict[str, str] = Field(min_length=1, description="value of the fact to the name of a money parameter")


class CappedActual(Strict):
    """What was actually paid, up to a cap."""

    form: Literal["capped_actual"]
    actual: str = Field(description="name of a fact in fen")
    cap: str = Field(description="name of a money parameter")


Amount = Annotated[Fixed | ByCase | CappedActual, Field(discriminator="form")]


class Arithmetic(Strict):
    """How an amount came about: each term by the name of its fact or parameter, and the sum in words."""

    form: str
    terms: dict[str, Fen]
    words: Wording
    result: Fen


def parameters(amount: Amount) -> set[str]:
    match amount:
        case Fixed():
            return {amount.standard}
        case ByCase():
            return set(amount.standards.values())
        case CappedActual():
            return {amount.cap}


def facts(amount: Amount) -> set[str]:
    match amount:
        case Fixed():
            return set()
        case ByCase():
            return {amount.fact}
        case CappedActual():
            return {amount.actual}


def unpayable(amount: Amount, declared: Mapping[str, Fact]) -> list[tuple[str, FactValue]]:
    """Values for which the form gives nothing. The benefit's conditions have to refuse each of them."""
    match amount:
        case Fixed():
            return []
        case ByCase():
            fact = declared[amount.fact]
            values = fact.values if isinstance(fact, TextFact) else {}
            return [(amount.fact, value) for value in values if value not in amount.standards]
        case CappedActual():
            fact = declared[amount.actual]
            return [(amount.actual, 0)] if isinstance(fact, IntFact) and fact.minimum <= 0 else []


def compute(
    amount: Amount, declared: Mapping[str, Fact], known: Mapping[str, FactValue], standards: Mapping[str, int]
) -> Arithmetic | None:
    """The amount with its arithmetic; None when a fact or standard is missing or the value has no standard."""
    match amount:
        case Fixed():
            return _standard(amount.form, "", "", amount.standard, standards)
        case ByCase():
            fact, value = declared[amount.fact], known.get(amount.fact)
            if value is None or not isinstance(fact, TextFact) or value not in amount.standards:
                return None
            case_ = fact.values[str(value)]
            return _standard(amount.form, f"{case_.zh}:", f"{case_.en}: ", amount.standards[str(value)], standards)
        case CappedActual():
            return _capped(amount, known, standards)


def _standard(form: str, zh: str, en: str, name: str, standards: Mapping[str, int]) -> Arithmetic | None:
    fen = standards.get(name)
    if fen is None:
        return None
    yuan = format_yuan(fen)
    words = Wording(zh=f"{zh}标准 {yuan} 元/人 × 1 人 = {yuan} 元", en=f"{en}{yuan} yuan a person × 1 = {yuan} yuan")
    return Arithmetic(form=form, terms={name: fen}, words=words, result=fen)


def _capped(amount: CappedActual, known: Mapping[str, FactValue], standards: Mapping[str, int]) -> Arithmetic | None:
    actual, cap = known.get(amount.actual), standards.get(amount.cap)
    if not isinstance(actual, int) or cap is None:
        return None
    result = min(actual, cap)
    paid, limit, due = format_yuan(actual), format_yuan(cap), format_yuan(result)
    words = Wording(
        zh=f"实际支出 {paid} 元,上限 {limit} 元,取较低者:{due} 元",
        en=f"the lower of {paid} yuan paid and the cap of {limit} yuan: {due} yuan",
    )
    return Arithmetic(form=amount.form, terms={amount.actual: actual, amount.cap: cap}, words=words, result=result)
