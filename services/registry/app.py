"""The registry: who needs work 劳动力登记."""

from pathlib import Path

from services.registry import events
from services.registry.commands import COMMANDS
from services.registry.households.endpoints import router as households
from services.registry.imports import tasks  # noqa: F401  (registers its task)
from services.registry.imports.endpoints import router as imports
from services.registry.permissions import FeedReader
from services.registry.persons import service as people
from services.registry.persons.endpoints import router as persons
from services.registry.persons.endpoints import workers
from services.registry.persons.internal import router as persons_internal
from services.registry.regions.endpoints import internal as regions_internal
from services.registry.regions.endpoints import router as regions
from services.registry.registration.endpoints import router as registration
from services.registry.spells import service as employment
from services.registry.spells.endpoints import of_person as spells_of_person
from services.registry.spells.endpoints import router as spells
from services.registry.tasks import queue
from shared import feed
from shared.app import Service
from shared.errors import Text

SERVICE = Service(
    name="registry",
    title=Text("劳动力登记服务", "Registry"),
    folder=Path(__file__).parent,
    routers=[
        regions,
        households,
        registration,
        persons,
        spells_of_person,
        workers,
        spells,
        imports,
        regions_internal,
        persons_internal,
        feed.router("registry", FeedReader, states=[people.snapshot, employment.snapshot]),
    ],
    queue=queue,
    events=[events.PersonChanged, events.SpellChanged],
    commands=COMMANDS,
)
