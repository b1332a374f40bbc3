"""The commands of `bangfu ops`."""

from pathlib import Path
from typing import Annotated

import typer

from cli.ops import containers, database
from shared.crypto import Suite, init_keys, rotate_keys

app = typer.Typer(no_args_is_help=True, help="Databases and keys, on the machine itself 运维.")
db = typer.Typer(no_args_is_help=True, help="Databases and roles of the services 数据库.")
keys = typer.Typer(no_args_is_help=True, help="The keys that personal data is encrypted under 密钥.")
app.add_typer(db, name="db")
app.add_typer(keys, name="keys")


def _in_a_folder(path: Path) -> Path:
    if not path.absolute().parent.is_dir():
        raise typer.BadParameter(f"the folder {path.absolute().parent} does not exist")
    return path


KeyPath = Annotated[
    Path, typer.Argument(metavar="FILE", callback=_in_a_folder, help="The key file; every service reads the same.")
]
OutPath = Annotated[
    Path,
    typer.Option(metavar="FILE", callback=_in_a_folder, help="Where to write the services' URLs, passwords included."),
]
SuiteOption = Annotated[Suite, typer.Option(help="aes: AES-256-GCM, HMAC-SHA256. sm 国密: SM4-GCM, HMAC-SM3.")]


@db.command("init")
def init_databases(
    admin_url: Annotated[
        str,
        typer.Argument(
            envvar="DATABASE_URL", show_envvar=True, help="postgresql:// URL of the server's administrator."
        ),
    ],
    out: OutPath,
    prefix: Annotated[str, typer.Option(help="Of database and role names; several platforms can share a server.")] = (
        "bangfu"
    ),
) -> None:
    """Make the databases and roles of all services, and write their URLs. Safe to repeat."""
    database.init(admin_url, out, prefix=prefix)
    print(f"Databases and roles are ready. Their URLs are in {out}; keep it secret.")


@keys.command("init")
def make_keys(path: KeyPath, suite: SuiteOption = "aes") -> None:
    """Make the key file, unless there is one."""
    made = init_keys(path, suite)
    print(f"Made {path}. Without it nothing encrypted can be read: back it up, apart." if made else f"Kept {path}.")


@keys.command("rotate")
def add_key(path: KeyPath, suite: SuiteOption = "aes") -> None:
    """Add an encryption key. What is written from the next start on uses it; the old stays readable."""
    print(f"{path} now writes with key version {rotate_keys(path, suite)}. Restart the services.")


@app.command("prepare-containers")
def prepare_containers(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Holds a volume for each service's secrets.")],
    host: Annotated[str, typer.Option(help="Host of the database server.")],
    password_file: Annotated[Path, typer.Option(metavar="FILE", help="Password of its user `postgres`.")],
) -> None:
    """Databases, keys and secrets for the containers of docker-compose.yml. Safe to repeat."""
    containers.prepare(containers.admin_url(host, password_file), folder)
    print(f"Databases, keys and secrets are ready below {folder}.")
