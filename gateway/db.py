"""The base of the gateway's tables."""

from sqlalchemy.orm import registry
from sqlmodel import SQLModel

from shared.database import metadata


class Base(SQLModel, registry=registry(metadata=metadata())):
    """Metadata of its own, so that two services may have a table of the same name."""
