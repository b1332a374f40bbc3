"""Imports 批量导入 and the rows that were not taken. The rows themselves stay in the stored, encrypted file only."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    LargeBinary,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.registry import columns
from services.registry.db import Base


class PersonImport(Base, table=True):
    """One uploaded workbook. `position` is the last sheet row that is settled; a restarted job goes on behind it."""

    __tablename__ = "person_import"
    __table_args__ = (
        CheckConstraint("state IN ('queued', 'running', 'done', 'failed')", name="state"),
        CheckConstraint("done >= 0 AND refused >= 0", name="counts"),
        Index(
            "uq_person_import_content",
            "made_by",
            "region",
            "sha256",
            unique=True,
            postgresql_where=text("state <> 'failed'"),
        ),
        Index("ix_person_import_region_id", "region", "id"),
    )

    id: UUID = Field(primary_key=True)
    region: str = columns.code()
    file_id: UUID
    sha256: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    made_by: str
    made_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    state: str = "queued"
    rows: int | None = None
    position: int = 0
    done: int = 0
    refused: int = 0
    started_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    moved_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    failure: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB))


class ImportRefusal(Base, table=True):
    """Why one row was not taken: columns and codes with their texts, never a value of the row."""

    __tablename__ = "import_refusal"

    import_id: UUID = Field(sa_column=Column(ForeignKey("person_import.id"), primary_key=True))
    row: int = Field(primary_key=True)
    region: str = columns.code()
    errors: list[Any] = Field(sa_column=Column(JSONB, nullable=False))
