"""The record of one evaluation: enough to explain it, and to come to the same result years later."""

from datetime import date
from enum import StrEnum
from typing import Literal, NamedTuple
from uuid import UUID

from pydantic import Field

from services.subsidy.policy.amounts import Arithmetic
from services.subsidy.policy.facts import Strict, Wording
from services.subsidy.policy.model import Outcome, SetBy
from shared.money import Fen


class Truth(StrEnum):
    HELD = "held"
    NOT_HELD = "not_held"
    UNKNOWN = "unknown"

    @classmethod
    def of(cls, answer: bool | None) -> "Truth":
        return cls.UNKNOWN if answer is None else cls.HELD if answer else cls.NOT_HELD


class ConditionResult(Strict):
    """One condition with its answer, the article and its words. `rule` is None for the pack's own term of force."""

    id: str
    rule: str | None
    article: str
    quote: str
    asks: Wording
    truth: Truth
    says: Wording


class FactSeen(Strict):
    """A fact as it was seen: its value in JSON form (a date as `YYYY-MM-DD`) and as an officer reads it."""

    name: Wording
    value: bool | int | str
    shown: str


class ParameterSeen(Strict):
    """A parameter's value on the date of the event; its unit says what it counts."""

    name: Wording
    value: int
    unit: str
    article: str
    set_by: SetBy


class Missing(Strict):
    """What is still needed: a fact, a piece of evidence, or a value the county has to set."""

    kind: Literal["fact", "evidence", "parameter"]
    code: str
    name: Wording


class Decision(Strict):
    """What the pack says about one claim.

    Store `model_dump(mode="json")`; `Decision.model_validate_json` reads it back unchanged.
    """

    pack: str
    digest: str
    number: str
    region: str
    benefit: str
    name: Wording
    outcome: Outcome
    event_on: date | None
    amount: Fen | None = Field(description="what is due; None unless entitled")
    arithmetic: Arithmetic | None = Field(description="also what would be due once the missing is given")
    conditions: tuple[ConditionResult, ...]
    missing: tuple[Missing, ...]
    facts: dict[str, FactSeen]
    parameters: dict[str, ParameterSeen]
    evidence: tuple[str, ...]


class LimitKey(NamedTuple):
    """What may be granted `times` times: a benefit to one subject in one period.

    It names neither pack nor place: after a move, or under a successor document, the year is still used up.
    """

    benefit: str
    subject: Literal["person", "placement"]
    id: UUID
    period: str
    times: int

    def __str__(self) -> str:
        return f"{self.benefit}/{self.subject}/{self.id}/{self.period}"
