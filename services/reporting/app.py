"""Reporting: where do we stand 统计报表."""

from pathlib import Path

from services.reporting.commands import COMMANDS
from services.reporting.forms.endpoints import router as forms
from services.reporting.indicators.endpoints import router as indicators
from services.reporting.projections.sources import SOURCES
from services.reporting.tasks import queue
from services.reporting.values.endpoints import router as values
from shared.app import Service
from shared.errors import Text

SERVICE = Service(
    name="reporting",
    title=Text("统计报表服务", "Reporting"),
    folder=Path(__file__).parent,
    routers=[indicators, values, forms],
    queue=queue,
    sources=SOURCES,
    commands=COMMANDS,
)
