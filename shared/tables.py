"""Tables that every service's database has. They hold nothing personal; see `shared/migrations.py` for their making."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import UserDefinedType

from shared.database import metadata


class Xid8(UserDefinedType[str]):
    """PostgreSQL's 64-bit transaction id."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "xid8"


infrastructure = metadata()

outbox = Table(
    "outbox",
    infrastructure,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("xid", Xid8, nullable=False, server_default=text("pg_current_xact_id()")),
    Column("event_id", Uuid, nullable=False),
    Column("type", Text, nullable=False),
    Column("subject", Uuid, nullable=False),
    Column("data", JSONB, nullable=False),
    Column("occurred_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Index("ix_outbox_xid_id", "xid", "id"),
)

feed_cursor = Table(
    "feed_cursor",
    infrastructure,
    Column("source", Text, primary_key=True),
    Column("cursor", Text, nullable=False),
    Column("snapshot_page", Text, comment="next page of a snapshot under way; NULL when following changes"),
    Column("moved_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
)

feed_parked = Table(
    "feed_parked",
    infrastructure,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("source", Text, nullable=False),
    Column("event", JSONB, nullable=False),
    Column("reason", Text, nullable=False, comment="class of the error; texts may carry values"),
    Column("parked_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
)

idempotency_key = Table(
    "idempotency_key",
    infrastructure,
    Column("subject", Text, nullable=False),
    Column("route", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("body_hmac", LargeBinary, nullable=False),
    Column("status", SmallInteger, nullable=False),
    Column("resource_id", Text),
    Column("keep", Text, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    PrimaryKeyConstraint("subject", "route", "key"),
    CheckConstraint("keep IN ('week', 'forever')", name="keep"),
)

audit_entry = Table(
    "audit_entry",
    infrastructure,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("xid", Xid8, nullable=False, server_default=text("pg_current_xact_id()")),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("action", Text, nullable=False, comment="source:subject:action"),
    Column("actor", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("region", Text),
    Column("subject", Text, comment="id of what was acted on"),
    Column("purpose", Text),
    Column("result", Text, nullable=False),
    Column("request_id", Text),
    Column("details", JSONB, nullable=False),
    CheckConstraint("result IN ('done', 'denied', 'failed')", name="result"),
    Index("ix_audit_entry_xid_id", "xid", "id"),
)

audit_seal = Table(
    "audit_seal",
    infrastructure,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("entry_id", BigInteger, nullable=False, unique=True),
    Column("hash", LargeBinary, nullable=False, comment="SHA-256 of the previous seal's hash and the entry"),
)

stored_file = Table(
    "stored_file",
    infrastructure,
    Column("id", Uuid, primary_key=True),
    Column("region", Text(collation="C")),
    Column("org", Uuid),
    Column("kind", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("sha256", LargeBinary, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
)
