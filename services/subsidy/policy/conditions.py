"""Conditions (条件) are small CEL expressions over typed facts, checked whole before a pack loads.

CEL itself checks nothing: unknown functions compile, `1 == 'x'` is merely false. So an expression may use few words,
its names must be declared, its texts must be values of the facts it names, and it is run over edge samples of those
facts: it must always answer true or false, and each fact must be able to turn the answer.

A missing fact makes a condition unknown, unless what is known settles it: CEL's `&&` and `||` answer as soon as either
side does (`false && unknown` is false, `true || unknown` is true), which is Kleene's three-valued logic.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import product
from math import prod

import cel

from services.subsidy.policy import facts as facts_
from services.subsidy.policy.facts import Fact, FactValue, RegionFact, TextFact
from shared import calendar_cn, regions

OPERATORS = frozenset({"_&&_", "_||_", "!_", "_==_", "_!=_", "_<_", "_<=_", "_>_", "_>=_", "@in"})
MOST_SAMPLES = 50_000

_TOKENS = re.compile(r"""(?:'[^'\\]*'|[A-Za-z_]\w*|\d+|&&|\|\||[=!<>]=|[<>!()\[\],]|\s+)+""", re.ASCII)
_TEXTS = re.compile(r"'([^'\\]*)'")
_NUMBERS = re.compile(r"\b\d+\b", re.ASCII)


def _months_performed(start: int, until: int) -> int:
    return calendar_cn.months_performed(date.fromordinal(start), date.fromordinal(until))


FUNCTIONS = {"months_performed": _months_performed}
"""What a condition may call besides the operators. Dates arrive as day numbers."""


class ConditionError(ValueError):
    """An expression that must not load."""


@cache
def _program(source: str) -> cel.Program:
    return cel.compile(source)


@cache
def variables(source: str) -> frozenset[str]:
    """The facts and parameters an expression names. Raises ConditionError when it is not one we accept."""
    without_texts = _TEXTS.sub("''", source)
    if not _TOKENS.fullmatch(without_texts):
        raise ConditionError(
            f"{source!r} has signs that conditions do not use (only 'texts', whole numbers, && || ! …)"
        )
    try:
        references = _program(source).references()
    except ValueError as error:
        raise ConditionError(f"{source!r} is not CEL: {error}") from None
    if unknown := set(references["functions"]) - OPERATORS - set(FUNCTIONS):
        raise ConditionError(f"{source!r} calls {sorted(unknown)}, which conditions may not use")
    return frozenset(references["variables"])


@dataclass(frozen=True)
class Known:
    """What is known of one claim, made ready for CEL once and asked by every condition."""

    names: frozenset[str]
    context: cel.Context

    @classmethod
    def of(cls, facts: Mapping[str, FactValue], standards: Mapping[str, int]) -> "Known":
        """Values must have been checked against their declared types."""
        values = {name: facts_.as_cel(value) for name, value in facts.items()} | dict(standards)
        return cls(frozenset(values), cel.Context(values, FUNCTIONS))


def evaluate(source: str, known: Known) -> bool | None:
    """True, false, or None for unknown."""
    try:
        return bool(_program(source).execute(known.context))
    except RuntimeError:  # CEL's "undefined variable": what is known does not settle it
        if variables(source) <= known.names:
            raise
        return None


def check(source: str, declared: Mapping[str, Fact], standards: Mapping[str, int], since: date) -> set[str]:
    """The facts that an expression names, after proving it over samples. Raises ConditionError."""
    named = variables(source)
    if undeclared := named - declared.keys() - standards.keys():
        raise ConditionError(f"{source!r} names {sorted(undeclared)}, neither a declared fact nor a parameter")
    asked = {name: declared[name] for name in sorted(named & declared.keys())}
    if not asked:
        raise ConditionError(f"{source!r} asks about no fact")
    _check_texts(source, asked)
    _check_answers(
        source, _sampled(source, asked, standards, since), {n: standards[n] for n in named & standards.keys()}
    )
    return set(asked)


def _check_texts(source: str, asked: Mapping[str, Fact]) -> None:
    values = {value for fact in asked.values() if isinstance(fact, TextFact) for value in fact.values}
    with_region = any(isinstance(fact, RegionFact) for fact in asked.values())
    for text in _TEXTS.findall(source):
        if text not in values and not (with_region and regions.is_code(text)):
            raise ConditionError(f"{source!r} compares with {text!r}, which none of its facts can be")


def _sampled(
    source: str, asked: Mapping[str, Fact], standards: Mapping[str, int], since: date
) -> dict[str, list[FactValue]]:
    around = [int(n) for n in _NUMBERS.findall(_TEXTS.sub("", source))] + list(standards.values())
    sampled = {name: facts_.samples(fact, around, since) for name, fact in asked.items()}
    if prod(map(len, sampled.values())) > MOST_SAMPLES:
        raise ConditionError(f"{source!r} asks about too much at once: make it several conditions")
    return sampled


def _check_answers(source: str, sampled: Mapping[str, list[FactValue]], standards: Mapping[str, int]) -> None:
    names = list(sampled)
    answers: dict[tuple[FactValue, ...], bool] = {}
    for values in product(*sampled.values()):
        answers[values] = _answer(source, dict(zip(names, values, strict=True)), standards)
    for position, name in enumerate(names):
        if not any(answers[a] != answers[b] for a, b in _neighbours(position, sampled, answers)):
            raise ConditionError(f"{source!r} gives the same answer whatever {name!r} is: a wrong type or comparison")


def _neighbours(
    position: int, sampled: Mapping[str, list[FactValue]], answers: Mapping[tuple[FactValue, ...], bool]
) -> Iterator[tuple[tuple[FactValue, ...], tuple[FactValue, ...]]]:
    """Pairs of samples that differ in this one fact only."""
    for values in answers:
        for other in list(sampled.values())[position]:
            yield values, (*values[:position], other, *values[position + 1 :])


def _answer(source: str, known: Mapping[str, FactValue], standards: Mapping[str, int]) -> bool:
    try:
        answer = _program(source).execute(Known.of(known, standards).context)
    except (TypeError, RuntimeError, ValueError, ArithmeticError) as error:
        raise ConditionError(f"{source!r} fails for {known}: {error}") from None
    if not isinstance(answer, bool):
        raise ConditionError(f"{source!r} answers {type(answer).__name__}, not true or false")
    return answer
