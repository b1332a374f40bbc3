"""What the containers need before the first of them starts: databases, keys, and each service's own secrets.

    <folder>/<service>/         for its processes: keys.json, client-secret, <service>_database_url, …_worker_url
    <folder>/<service>-setup/   for its one-shot commands: <service>_migration_url; the gateway's also clients/<id>

Each folder is a volume that only the containers of that service mount, so none holds another's secrets.
"""

import secrets
import shutil
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from cli.dev.environment import CLIENT_PREFIX
from cli.ops.database import SERVICES, init, read_environment
from shared.crypto import init_keys
from shared.secretfile import write_secret


def admin_url(host: str, password_file: Path) -> str:
    return f"postgresql://postgres:{quote(password_file.read_text().strip(), safe='')}@{host}:5432/postgres"


def prepare(url: str, folder: Path) -> None:
    """Make what is missing. Safe to repeat: passwords, keys and client secrets of an earlier run stay."""
    own = folder / "init"
    own.mkdir(exist_ok=True)
    init(url, own / "database.env")
    init_keys(own / "keys.json")
    urls = read_environment(own / "database.env")
    for service in SERVICES:
        _prepare_service(service, folder, own / "keys.json", urls)


def _prepare_service(service: str, folder: Path, keys: Path, urls: dict[str, str]) -> None:
    processes, setup = folder / service, folder / f"{service}-setup"
    shutil.copy2(keys, processes / "keys.json")
    for variable in ("DATABASE_URL", "WORKER_URL"):
        _write(processes, service, variable, urls)
    _write(setup, service, "MIGRATION_URL", urls)
    with suppress(FileExistsError):
        write_secret(processes / "client-secret", secrets.token_urlsafe(32) + "\n", once=True)
    clients = folder / "gateway-setup" / "clients"
    clients.mkdir(exist_ok=True)
    shutil.copy2(processes / "client-secret", clients / f"{CLIENT_PREFIX}{service}")


def _write(folder: Path, service: str, variable: str, urls: dict[str, str]) -> None:
    write_secret(folder / f"{service}_{variable}".lower(), urls[f"{service.upper()}_{variable}"])
