"""What runs: the parts of the platform, their ports, and the commands before the first request."""

import hashlib
import string
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cli.dev.ports import free_ports

ROOT = Path(__file__).parents[2]
DEFAULT_PORT = 8000


@dataclass(frozen=True, slots=True)
class Part:
    """The gateway or a service. Its module runs as `python -m <module> serve | worker | migrate`."""

    name: str
    module: str
    port_offset: int
    """Its port, counted from the gateway's."""


@dataclass(frozen=True, slots=True)
class StartUp:
    """A command of a part that runs after the migrations at every start, and is safe to repeat."""

    part: str
    arguments: tuple[str, ...]
    """`$data` stands for the data folder."""

    def in_folder(self, data: Path) -> list[str]:
        return [string.Template(one).substitute(data=data) for one in self.arguments]


@dataclass(frozen=True, slots=True)
class Plan:
    parts: tuple[Part, ...]
    start_up: tuple[StartUp, ...]
    root: Path = ROOT

    def ports(self, gateway_port: int) -> dict[str, int]:
        """The port of each part: at fixed distances from the gateway's, or free ones when that is 0."""
        if gateway_port == 0:
            return dict(zip(names(self.parts), free_ports(len(self.parts)), strict=True))
        return {part.name: gateway_port + part.port_offset for part in self.parts}

    def code_digest(self) -> str:
        """Names the code of all parts: any change to it, a migration's or another, gives another digest."""
        digest = hashlib.sha256()
        for folder in sorted({part.module.partition(".")[0] for part in self.parts} | {"shared"}):
            for file in sorted((self.root / folder).rglob("*.py")):
                digest.update(str(file.relative_to(self.root)).encode() + b"\0" + file.read_bytes())
        return digest.hexdigest()


def names(parts: Sequence[Part]) -> list[str]:
    return [part.name for part in parts]


PLATFORM = Plan(
    parts=(
        Part("gateway", "gateway", 0),
        Part("registry", "services.registry", 101),
        Part("jobs", "services.jobs", 102),
        Part("subsidy", "services.subsidy", 103),
        Part("reporting", "services.reporting", 104),
    ),
    start_up=(StartUp("gateway", ("seed", "--out", "$data/credentials.json")),),
)
