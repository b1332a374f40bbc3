"""Signing keys: the public half for all, the private half encrypted under the platform's key file."""

from datetime import datetime

from sqlalchemy import Column, DateTime
from sqlmodel import Field

from gateway.db import Base


class SigningKey(Base, table=True):
    """One Ed25519 key. Of those whose `signs_from` has come, the latest signs."""

    __tablename__ = "signing_key"

    kid: str = Field(primary_key=True)
    public_key: bytes
    private_key: bytes
    made_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    signs_from: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False, unique=True))
