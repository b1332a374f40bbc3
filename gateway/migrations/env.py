"""Alembic's environment of the gateway."""

from gateway.app import SERVICE  # noqa: F401  (imports every room, and with them their tables)
from gateway.db import Base
from shared import migrations

migrations.run(Base.metadata)
