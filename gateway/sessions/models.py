"""Sessions and revocations. They hold ids and times only, so no row-level security."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, DateTime
from sqlmodel import Field

from gateway.db import Base


class LoginSession(Base, table=True):
    """What one login began: a family of refresh tokens, of which only that of the present generation is good."""

    __tablename__ = "login_session"
    __table_args__ = (CheckConstraint("generation >= 0", name="generation"),)

    sid: UUID = Field(primary_key=True)
    account_id: UUID = Field(foreign_key="account.id", index=True, ondelete="CASCADE")
    generation: int = 0
    expires_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False, index=True))


class Revocation(Base, table=True):
    """A session id whose access tokens are refused from now on, kept for as long as one of them could live."""

    __tablename__ = "revocation"

    sid: UUID = Field(primary_key=True)
    revoked_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False, index=True))
