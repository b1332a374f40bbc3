"""Attempts to log in, counted per name, whether or not there is such an account."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Column, DateTime
from sqlmodel import Field

from gateway.db import Base


class LoginAttempt(Base, table=True):
    """The attempts of one name since `since`. The name itself is not kept: people type passwords into that field."""

    __tablename__ = "login_attempt"
    __table_args__ = (CheckConstraint("attempts > 0", name="attempts"),)

    name_hmac: bytes = Field(primary_key=True)
    attempts: int
    since: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False, index=True))
