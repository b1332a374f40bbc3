"""The typed policy pack (政策包): one document's benefits as data that policy staff can read and change.

Facts of the Yunnan pack, by the names under which a claim supplies them:

| fact | kind | meaning |
|---|---|---|
| `worker_base` | text `poverty_alleviated ordinary other` | household base 户类型; 建档立卡 is `poverty_alleviated` |
| `worker_alive` | bool | no death is recorded for the worker |
| `transfer` | text `within_county outside_county outside_province` | derived reach 转移就业范围 |
| `organised` | bool | organised labour export 有组织劳务输出 |
| `organiser_kind` | text, the three payees `agency village_committee broker` or another kind | who organised it |
| `organiser_filed` | bool | the agency is filed (备案) with the local HRSS bureau; not asked of the other kinds |
| `hired_on` | date | first day worked of the placement |
| `performed_until` | date | last day known to be worked, that day included |
| `spell_verified` | bool | the employment was verified; leave it out while nobody has, false once it was found untrue |
| `fare_fen` | int, fen | price on the ticket |
| `ticket_date` | date | day of travel on the ticket |

A fact that is not known is left out (or None). Ids of person and placement are no facts: no condition may depend on
who someone is; they enter with the limits (`evaluate.limit_keys`).
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, JsonValue, model_validator

from services.subsidy.policy.amounts import Amount
from services.subsidy.policy.facts import Fact, Strict, Wording
from shared.money import FenIn
from shared.regions import Level, RegionCode

Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
RuleId = Annotated[str, Field(pattern=r"^S\d{3}-[A-Z]\d+[a-z]?$")]


class SetBy(StrEnum):
    """Whose value a parameter has: the document's own, or each county's within the pack's bounds."""

    PROVINCE = "province"
    COUNTY = "county"


class Outcome(StrEnum):
    ENTITLED = "entitled"
    REFUSED = "refused"
    INCOMPLETE = "incomplete"


class Article(Strict):
    """One article (条) with the sentence it stands on, verbatim, and the rules it yields."""

    number: str
    title: str
    quote: str = Field(min_length=4)
    rules: tuple[RuleId, ...] = Field(min_length=1)


class DatedMoney(Strict):
    since: date = Field(alias="from")
    value: Annotated[FenIn, Field(gt=0)]


class DatedCount(Strict):
    since: date = Field(alias="from")
    value: Annotated[int, Field(gt=0, le=1200)]


class _Parameter(Strict):
    name: Wording
    article: str
    set_by: SetBy


class MoneyParameter(_Parameter):
    unit: Literal["yuan/person"]
    values: tuple[DatedMoney, ...] = ()
    minimum: FenIn | None = None
    maximum: FenIn | None = None


class CountParameter(_Parameter):
    unit: Literal["months"]
    values: tuple[DatedCount, ...] = ()
    minimum: int | None = None
    maximum: int | None = None


Parameter = Annotated[MoneyParameter | CountParameter, Field(discriminator="unit")]


class PersonPayee(Strict):
    kind: Literal["person"]


class OrganisationPayee(Strict):
    kind: Literal["organisation"]
    organisations: tuple[Code, ...] = Field(min_length=1)


Payee = Annotated[PersonPayee | OrganisationPayee, Field(discriminator="kind")]


class Fund(Strict):
    """The money's source; `same_level` 同级: that of the place that pays."""

    code: Code
    name: Wording
    level: Literal["same_level"]


class Condition(Strict):
    """One thing asked, in CEL over the declared facts, with the words for each answer."""

    id: Code
    rule: RuleId
    article: str
    quote: str = Field(min_length=4)
    cel: str
    asks: Wording
    held: Wording
    not_held: Wording
    unknown: Wording


class PersonYearLimit(Strict):
    """So many times per person in the calendar year (Beijing) of a date."""

    per: Literal["person_calendar_year"]
    date: str
    times: int = Field(ge=1)
    article: str


class PlacementLimit(Strict):
    """So many times per placement, whoever claims."""

    per: Literal["placement"]
    times: int = Field(ge=1)
    article: str


Limit = Annotated[PersonYearLimit | PlacementLimit, Field(discriminator="per")]


class EvidenceForm(Strict):
    code: Code
    name: Wording


class Evidence(Strict):
    """A proof to attach, under its own code or that of one of its forms; any one form is enough."""

    code: Code
    name: Wording
    required: bool
    article: str
    forms: tuple[EvidenceForm, ...] = ()

    @property
    def accepted(self) -> set[str]:
        return {self.code} | {form.code for form in self.forms}


class Notice(Strict):
    """A public notice (公示) at a step."""

    level: Level
    days: int = Field(ge=1)
    unit: Literal["working", "calendar"]


class Step(Strict):
    """One step of the review path: who acts, at which level, and whether it must be somebody else than before."""

    code: Code
    name: Wording
    level: Level
    department: Code
    by_another_person: bool = False
    notice: Notice | None = None


class Expectation(Strict):
    outcome: Outcome
    amount: FenIn | None = None
    refused_by: tuple[Code, ...] = ()
    missing: tuple[Code, ...] = ()

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if (self.outcome is Outcome.ENTITLED) != (self.amount is not None):
            raise ValueError("an amount belongs to an entitled case, and only there")
        if (self.outcome is Outcome.REFUSED) != bool(self.refused_by):
            raise ValueError("a refused case names the conditions that refuse it, and only such a case")
        if self.outcome is Outcome.INCOMPLETE and not self.missing:
            raise ValueError("an incomplete case names what is missing")
        return self


class GoldenCase(Strict):
    """What differs from the golden facts (null: not known), and what has to come out."""

    name: str
    change: dict[Code, JsonValue] = {}
    evidence: tuple[Code, ...] | None = Field(default=None, description="what is attached; by default all required")
    expect: Expectation


class Golden(Strict):
    """Facts of an ordinary claim, values for what a county sets, and cases that differ from them."""

    facts: dict[Code, JsonValue]
    local: dict[Code, FenIn | Annotated[int, Field(gt=0)]] = {}
    cases: tuple[GoldenCase, ...] = Field(min_length=1)


class Benefit(Strict):
    """One benefit (补贴): who gets it, from whose money, on what conditions, how much, how often, by which path."""

    code: Code
    name: Wording
    article: str
    payee: Payee
    fund: Fund
    paid_by: Literal["origin"] = Field(
        description="origin 输出地: the county of the worker's managing region when the placement was made"
    )
    lead_department: Code
    finance_part: Wording
    event: str = Field(description="the date fact by which the pack in force and its values are chosen")
    facts: tuple[Code, ...] = Field(min_length=1)
    conditions: tuple[Condition, ...] = Field(min_length=1)
    amount: Amount
    limits: tuple[Limit, ...] = Field(min_length=1)
    evidence: tuple[Evidence, ...] = Field(min_length=1)
    review: tuple[Step, ...] = Field(min_length=1)
    golden: Golden


class Pack(Strict):
    """One document of one place. `digest` is the hash of the pack's content, set by the loader."""

    id: str
    digest: str = Field(pattern=r"^sha256:[0-9a-f]{64}$")
    document: str = Field(description="file name of the document's text")
    title: str
    issuers: tuple[str, ...] = Field(min_length=1)
    number: str
    source: str
    region: RegionCode
    issued_on: date
    in_force_from: date
    in_force_to: date | None
    superseded_by: str | None
    historical: bool
    note: Wording
    articles: dict[str, Article] = Field(min_length=1)
    facts: dict[Code, Fact] = Field(min_length=1)
    parameters: dict[Code, Parameter]
    benefits: tuple[Benefit, ...] = Field(min_length=1)

    def __repr__(self) -> str:
        return f"<Pack {self.id} {self.digest[:15]}>"

    def benefit(self, code: str) -> Benefit | None:
        return next((benefit for benefit in self.benefits if benefit.code == code), None)

    def in_force(self, on: date) -> bool:
        return self.in_force_from <= on and (self.in_force_to is None or on <= self.in_force_to)
