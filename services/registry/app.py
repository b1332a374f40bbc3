"""The registry: who needs work 劳动力登记."""

from pathlib import Path

from services.registry.commands import COMMANDS
from services.registry.permissions import FeedReader
from services.registry.regions.endpoints import internal as regions_internal
from services.registry.regions.endpoints import router as regions
from services.registry.tasks import queue
from shared import feed
from shared.app import Service
from shared.errors import Text

SERVICE = Service(
    name="registry",
    title=Text("劳动力登记服务", "Registry"),
    folder=Path(__file__).parent,
    routers=[regions, regions_internal, feed.router("registry", FeedReader, states=[])],
    queue=queue,
    commands=COMMANDS,
)
