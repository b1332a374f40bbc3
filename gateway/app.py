"""The gateway 统一入口: the one door, and who may come through it."""

from pathlib import Path

from gateway import housekeeping, trust
from gateway.clients.endpoints import router as clients
from gateway.docs.endpoints import router as docs
from gateway.door import SERVER, door
from gateway.keys.commands import ROTATE_KEYS
from gateway.keys.endpoints import router as keys
from gateway.seed.command import SEED
from gateway.tasks import queue
from gateway.tokens.endpoints import router as tokens
from gateway.users.endpoints import router as users
from shared.app import Service
from shared.errors import Text

SERVICE = Service(
    name="gateway",
    title=Text("统一入口", "Gateway"),
    folder=Path(__file__).parent,
    routers=[users, clients],
    own_paths=[tokens, keys, docs],
    queue=queue,
    loops=[housekeeping.keep_tidy],
    keep_trust=trust.keep,
    wrap=door,
    server=SERVER,
    commands=[SEED, ROTATE_KEYS],
)
