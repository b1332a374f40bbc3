"""What every service has."""

from shared import migrations

revision = "0001"
down_revision = None


def upgrade() -> None:
    migrations.create_infrastructure()
