"""What reporting reads of the other services' events: only the fields that an indicator asks for, nothing personal."""

from datetime import date
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.reporting.indicators.model import Source
from shared.feed import Envelope
from shared.regions import RegionCode, VillageCode

WorkDate = Annotated[date, Field(ge=date(1900, 1, 1), lt=date(2200, 1, 1))]


class _Facts(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Person(_Facts):
    """Of `registry.person`: `region` is the managing village."""

    region: VillageCode
    base: str
    alive: bool
    registered_on: WorkDate


class Record(_Facts):
    """A dated record of one person: `registry.spell`, `registry.service_record` or `jobs.enrolment`.

    `region` is the village that managed the person. `ended_on` is its last day; without one it goes on. What only
    spells have is empty for the others.
    """

    region: VillageCode
    person_id: UUID
    kind: str
    started_on: WorkDate
    ended_on: WorkDate | None
    transfer: str | None = None
    contract_signed: bool = False
    insured: bool = False


class Payment(_Facts):
    """Of `subsidy.payment`: `region` is that of the claim. A paid one has the bank's date."""

    region: RegionCode
    benefit: str
    transfer: str | None
    amount_fen: Annotated[int, Field(ge=0)]
    state: Literal["paid", "rejected", "refunded"]
    paid_on: WorkDate | None

    @model_validator(mode="after")
    def _paid_has_its_date(self) -> Self:
        if self.state == "paid" and self.paid_on is None:
            raise ValueError("a paid payment has the day on which the bank confirmed it")
        return self


State = Person | Record | Payment
MODELS: dict[Source, type[Person] | type[Record] | type[Payment]] = {
    Source.PERSON: Person,
    Source.SPELL: Record,
    Source.SERVICE_RECORD: Record,
    Source.ENROLMENT: Record,
    Source.PAYMENT: Payment,
}


class Version(BaseModel):
    """One version of a subject: its facts from `since` on; None after its deletion."""

    model_config = ConfigDict(frozen=True)

    number: int
    since: WorkDate
    state: dict[str, Any] | None


def read(source: Source, event: Envelope) -> Version:
    """The version that an event carries. Raises ValueError (pydantic's) when its facts do not hold."""
    after = event.data["after"]
    state = MODELS[source].model_validate(after | {"region": event.data["region"]}) if after is not None else None
    return Version(
        number=event.data["version"],
        since=event.data["effective_on"],
        state=state.model_dump(mode="json") if state else None,
    )
