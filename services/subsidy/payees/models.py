"""Bank accounts that subsidies go to. A payee never changes: a correction is another payee."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from services.subsidy import columns
from services.subsidy.db import Base


class Payee(Base, table=True):
    """收款账户 of one person (in the managing village) or of one organisation (in a county that pays it)."""

    __tablename__ = "payee"
    __table_args__ = (
        columns.in_county(),
        CheckConstraint("num_nonnulls(person_id, organisation_id) = 1", name="owner"),
        CheckConstraint("kind = 'own' OR (kind = 'guardian' AND person_id IS NOT NULL)", name="kind"),
        CheckConstraint("last4 ~ '^[0-9]{4}$'", name="last4"),
        Index("ix_payee_id", "id"),
        Index("ix_payee_region_id", "region", "id"),
        Index("ix_payee_county_code_person_id", "county_code", "person_id"),
        Index("ix_payee_organisation_id", "organisation_id"),
    )

    county_code: str = columns.code(primary_key=True)
    id: UUID = Field(primary_key=True)
    region: str = columns.code()
    person_id: UUID | None
    organisation_id: UUID | None
    kind: str
    holder: bytes
    account: bytes
    account_fingerprint: bytes
    last4: str
    bank: str
    made_by: str
    made_at: datetime = columns.moment()


class AccountOwner(Base, table=True):
    """Who receives on an account, by its keyed hash. It has no county: an account shared across counties shows too."""

    __tablename__ = "account_owner"

    account_fingerprint: bytes = Field(primary_key=True)
    owner: UUID = Field(primary_key=True)
