"""The base of this service's tables."""

from sqlalchemy.orm import registry
from sqlmodel import SQLModel

from shared.database import metadata


class Base(SQLModel, registry=registry(metadata=metadata())):
    """Each service has its own metadata, so that two may have a table of the same name."""
