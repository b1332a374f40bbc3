"""Programs that call by themselves, and the secrets they show."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Column, DateTime, Text
from sqlmodel import Field

from gateway.db import Base


class Client(Base, table=True):
    """One OAuth2 client. `region` is whose admins manage it, and for a system also what it sees.

    All its tokens carry one `sid`, which is revoked and replaced when its rights change.
    """

    __tablename__ = "client"
    __table_args__ = (
        CheckConstraint("role IN ('organisation', 'system', 'service')", name="role"),
        CheckConstraint("(role = 'organisation') = (organisation_id IS NOT NULL)", name="organisation"),
        CheckConstraint("(role = 'service') = (region IS NULL)", name="region"),
        CheckConstraint("role <> 'organisation' OR length(region) = 6", name="filed_by_county"),
        CheckConstraint("cardinality(scopes) > 0", name="scopes"),
        CheckConstraint("version > 0", name="version"),
    )

    id: str = Field(primary_key=True)
    name: str
    role: str
    organisation_id: UUID | None = Field(default=None, index=True)
    region: str | None = Field(default=None, sa_column=Column(Text(collation="C"), index=True))
    scopes: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    sid: UUID = Field(unique=True)
    disabled: bool = False
    version: int = 1
    made_by: str
    made_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class ClientSecret(Base, table=True):
    """A keyed hash of a secret. Secrets are 256 random bits that we draw ourselves, so nobody can try them through:
    a slow hash would only cost every token a fifth of a processor's second and give attackers a lever."""

    __tablename__ = "client_secret"

    id: UUID = Field(primary_key=True)
    client_id: str = Field(foreign_key="client.id", index=True, ondelete="CASCADE")
    secret_hmac: bytes = Field(unique=True)
    made_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    expires_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True), nullable=True))
