"""Databases and roles of the services. This, and nothing else, makes them; migrations only fill them.

Each service gets a database and three roles that can log in and have no special rights:

| role | owns | used by |
|---|---|---|
| `<prefix>_<service>_owner` | the database and its schema `public` | migrations |
| `<prefix>_<service>_app` | nothing; row-level security binds it | the service's requests |
| `<prefix>_<service>_worker` | nothing | the service's worker, whole service |

No role may connect to another service's database.
"""

import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlencode

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from cli.errors import CommandError
from shared.secretfile import refuse_wide_permissions, write_secret

SERVICES = ("registry", "jobs", "subsidy", "reporting", "gateway")
ROLES = {"app": "DATABASE_URL", "worker": "WORKER_URL", "owner": "MIGRATION_URL"}

# Limits of the roles, so that they hold on any server. An open write transaction holds every change feed back.
ROLE_SETTINGS: Mapping[str, Mapping[str, str]] = {
    "app": {"idle_in_transaction_session_timeout": "1min", "transaction_timeout": "10min"},
    "worker": {"idle_in_transaction_session_timeout": "1min", "transaction_timeout": "30min"},
    "owner": {},
}

Connection = psycopg.Connection[tuple[object, ...]]

_LOCK = 0x62616E676675  # "bangfu": one provisioning at a time on a server
_PREFIX = re.compile(r"[a-z][a-z0-9_]{0,30}")
_SPECIAL = ("SUPERUSER", "BYPASSRLS", "CREATEDB", "CREATEROLE", "REPLICATION")


def provision(
    admin_url: str,
    *,
    prefix: str = "bangfu",
    services: Sequence[str] = SERVICES,
    passwords: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Make what is missing and return the environment, `{"REGISTRY_DATABASE_URL": "postgresql://…", …}`.

    `passwords` by role name are kept; roles without one get a new one. Safe to repeat and to run from several places
    at once. `admin_url` is that of a superuser, or of a role with CREATEDB and CREATEROLE.
    """
    with _alone(admin_url) as admin:
        return _provision(admin, admin_url, prefix, services, passwords or {})


def init(admin_url: str, out: Path, *, prefix: str = "bangfu") -> None:
    """Provision all services and write the environment file, private to its owner. The passwords that it holds from
    an earlier run stay, so that running services go on."""
    with _alone(admin_url) as admin:
        known = {name: password for url in read_environment(out).values() for name, password in [_login(url)]}
        environment = _provision(admin, admin_url, prefix, SERVICES, known)
        write_secret(out, "".join(f"{name}={url}\n" for name, url in environment.items()))


def read_environment(path: Path) -> dict[str, str]:
    """The variables in an environment file, empty when there is none."""
    if not path.exists():
        return {}
    try:
        refuse_wide_permissions(path)
    except PermissionError as error:
        raise CommandError(str(error)) from error
    lines = path.read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


def service_url(admin_url: str, user: str, password: str, database: str) -> str:
    """The administrator's URL with another user and database; host, port and TLS parameters stay."""
    parts = {name: str(value) for name, value in conninfo_to_dict(admin_url).items()}
    for replaced in ("user", "password", "dbname"):
        parts.pop(replaced, None)
    host, port = parts.pop("host", "localhost"), parts.pop("port", "5432")
    if host.startswith("/"):
        parts["host"], host = host, ""
    elif ":" in host:
        host = f"[{host}]"
    query = f"?{urlencode(parts)}" if parts else ""
    return f"postgresql://{quote(user, safe='')}:{quote(password, safe='')}@{host}:{port}/{quote(database)}{query}"


@contextmanager
def _alone(admin_url: str) -> Iterator[Connection]:
    """An administrator's session that holds the lock of provisioning until its end."""
    with _connect(admin_url) as admin:
        admin.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        yield admin


def _provision(
    admin: Connection, admin_url: str, prefix: str, services: Sequence[str], passwords: Mapping[str, str]
) -> dict[str, str]:
    if not _PREFIX.fullmatch(prefix):
        raise CommandError(f"The prefix {prefix!r} must be lower-case letters, digits and _, at most 31.")
    environment: dict[str, str] = {}
    for service in services:
        database = f"{prefix}_{service}"
        for role, variable in ROLES.items():
            name = f"{database}_{role}"
            password = passwords.get(name) or secrets.token_urlsafe(24)
            _make_role(admin, name, password, ROLE_SETTINGS[role])
            environment[f"{service.upper()}_{variable}"] = service_url(admin_url, name, password, database)
        _make_database(admin, database)
        with _connect(admin_url, dbname=database) as inside:
            _arrange_schema(inside, database)
    return environment


def _login(url: str) -> tuple[str, str]:
    parts = conninfo_to_dict(url)
    return str(parts["user"]), str(parts["password"])


def _connect(admin_url: str, **changes: str) -> Connection:
    try:
        return psycopg.connect(make_conninfo(admin_url, **changes), autocommit=True, connect_timeout=10)
    except psycopg.OperationalError as error:
        raise CommandError(f"Cannot connect to the database server as its administrator: {error}") from error
    except psycopg.ProgrammingError as error:
        raise CommandError("The administrator's URL is not of the form postgresql://user:password@host/db.") from error


def _make_role(admin: Connection, name: str, password: str, settings: Mapping[str, str]) -> None:
    """The password goes over as its SCRAM verifier, so that no statement log can hold it."""
    verifier = admin.pgconn.encrypt_password(password.encode(), name.encode(), b"scram-sha-256").decode()
    role = sql.Identifier(name)
    found = admin.execute(
        "SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolreplication FROM pg_roles WHERE rolname = %s",
        [name],
    ).fetchone()
    if found is None:
        nothing_special = sql.SQL(" ").join(sql.SQL("NO" + attribute) for attribute in _SPECIAL)
        admin.execute(sql.SQL("CREATE ROLE {} LOGIN {}").format(role, nothing_special))
    elif any(found):
        held = ", ".join(attribute for attribute, has in zip(_SPECIAL, found, strict=True) if has)
        raise CommandError(f"The role {name} exists with {held}. Take that away, or use another --prefix.")
    admin.execute(sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(role, sql.Literal(verifier)))
    for setting, value in settings.items():
        admin.execute(sql.SQL("ALTER ROLE {} SET {} = {}").format(role, sql.Identifier(setting), sql.Literal(value)))


def _make_database(admin: Connection, database: str) -> None:
    owner = sql.Identifier(f"{database}_owner")
    name = sql.Identifier(database)
    _become_member(admin, f"{database}_owner")
    if not admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone():
        admin.execute(
            sql.SQL(
                "CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8' "
                "LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C.UTF-8'"
            ).format(name, owner)
        )
    users = sql.SQL(", ").join(sql.Identifier(f"{database}_{role}") for role in ROLES)
    for statement in _database_rights():
        admin.execute(statement.format(database=name, owner=owner, users=users))


def _database_rights() -> Iterator[sql.SQL]:
    yield sql.SQL("ALTER DATABASE {database} OWNER TO {owner}")
    yield sql.SQL("REVOKE ALL ON DATABASE {database} FROM PUBLIC")
    yield sql.SQL("GRANT CONNECT ON DATABASE {database} TO {users}")


def _arrange_schema(inside: Connection, database: str) -> None:
    owner = sql.Identifier(f"{database}_owner")
    others = sql.SQL(", ").join(sql.Identifier(f"{database}_{role}") for role in ROLES if role != "owner")
    inside.execute(sql.SQL("ALTER SCHEMA public OWNER TO {}").format(owner))
    inside.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
    inside.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(others))


def _become_member(admin: Connection, role: str) -> None:
    """An administrator who is no superuser may only give things to a role that it is a member of."""
    superuser = admin.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
    if superuser != (True,):
        admin.execute(sql.SQL("GRANT {} TO CURRENT_USER WITH INHERIT TRUE, SET TRUE").format(sql.Identifier(role)))
