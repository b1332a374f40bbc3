"""Alembic's environment of this service."""

from services.subsidy.app import SERVICE  # noqa: F401  (imports every room, and with them their tables)
from services.subsidy.db import Base
from shared import migrations

migrations.run(Base.metadata)
