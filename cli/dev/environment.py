"""The environment of each process: its own secrets and nobody else's."""

import os
from collections.abc import Mapping
from typing import Literal

from cli.dev.data import DataFolder
from cli.dev.plan import Part, Plan
from cli.dev.ports import HOST

Environment = Literal["development", "demo", "production"]
CLIENT_PREFIX = "service-"

_SECRET_ENDINGS = ("DATABASE_URL", "_WORKER_URL", "_MIGRATION_URL")


def part_environment(
    part: Part,
    plan: Plan,
    data: DataFolder,
    ports: Mapping[str, int],
    databases: Mapping[str, str],
    environment: Environment,
    settings: Mapping[str, str],
) -> dict[str, str]:
    """What `serve`, `worker` and start-up commands of a part get. The caller's own environment is passed on, for its
    certificates and the like, without database URLs; `settings` go over it."""
    inherited = {name: value for name, value in os.environ.items() if not name.endswith(_SECRET_ENDINGS)}
    own = {name: databases[name] for name in (_variable(part, "DATABASE_URL"), _variable(part, "WORKER_URL"))}
    urls = {f"BANGFU_{other.name.upper()}_URL": base_url(ports[other.name]) for other in plan.parts}
    return (
        {**inherited, **settings}
        | own
        | urls
        | {
            "BANGFU_ENVIRONMENT": environment,
            "BANGFU_HOST": HOST,
            "BANGFU_PORT": str(ports[part.name]),
            "BANGFU_KEYS_FILE": str(data.keys),
            "BANGFU_FILES_DIR": str(data.files),
            "BANGFU_SERVICE_CLIENT_ID": client_id(part.name),
            "BANGFU_SERVICE_CLIENT_SECRET_FILE": str(data.client_secret(client_id(part.name))),
            "PYTHONPATH": str(plan.root),
            "PYTHONUNBUFFERED": "1",
        }
    )


def start_up_environment(environment: Mapping[str, str], data: DataFolder) -> dict[str, str]:
    """For the gateway's seed: the folder with the secret of each service client, in a file named by the client's id."""
    return {**environment, "BANGFU_SERVICE_CLIENTS_DIR": str(data.clients)}


def migration_environment(part: Part, environment: Mapping[str, str], databases: Mapping[str, str]) -> dict[str, str]:
    """`migrate` alone gets the URL of the owner."""
    name = _variable(part, "MIGRATION_URL")
    return {**environment, name: databases[name]}


def client_id(name: str) -> str:
    """The id of a service's own OAuth2 client at the gateway."""
    return CLIENT_PREFIX + name


def base_url(port: int) -> str:
    return f"http://{HOST}:{port}"


def _variable(part: Part, ending: str) -> str:
    return f"{part.name.upper()}_{ending}"
