"""The roles of the services: bound by row-level security, without rights beyond their own tables."""

import psycopg
import pytest
from psycopg import sql

from shared.database import Database
from tests.fixtures.postgres import PREFIX, ServiceDatabases
from tests.security.declared import APPLICATIONS

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("attribute", ["SUPERUSER", "BYPASSRLS"])
@pytest.mark.parametrize("of_worker", [False, True])
async def test_no_process_starts_under_a_role_that_row_security_does_not_bind(
    databases: ServiceDatabases, attribute: str, *, of_worker: bool
) -> None:
    """Whichever of its two URLs names the role."""
    good = databases.url("registry")
    name = f"unbound_{attribute.lower()}_{databases._worker}"
    with databases.admin("registry") as admin:
        admin.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD 'unbound' " + attribute).format(sql.Identifier(name)))
        admin.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(_database(good), sql.Identifier(name)))
    parts = psycopg.conninfo.conninfo_to_dict(good)
    bad = good.replace(f"{parts['user']}:{parts['password']}@", f"{name}:unbound@")
    database = Database(*((good, bad) if of_worker else (bad, good)), pool_size=1)
    try:
        with pytest.raises(RuntimeError, match="row-level security would not hold"):
            await database.check_roles()
    finally:
        await database.dispose()
        with databases.admin("registry") as admin:
            admin.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM {}").format(_database(good), sql.Identifier(name)))
            admin.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))


def _database(url: str) -> sql.Identifier:
    return sql.Identifier(str(psycopg.conninfo.conninfo_to_dict(url)["dbname"]))


@pytest.mark.parametrize("service", APPLICATIONS)
async def test_the_services_own_roles_pass(databases: ServiceDatabases, service: str) -> None:
    database = Database(databases.url(service), databases.url(service, "WORKER"), pool_size=1)
    await database.check_roles()
    await database.dispose()


@pytest.mark.parametrize("role", ["DATABASE", "WORKER"])
@pytest.mark.parametrize("service", APPLICATIONS)
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (id int)",
        "CREATE SCHEMA mine",
        "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE ROLE mine",
        "CREATE DATABASE mine",
        "ALTER TABLE outbox DISABLE ROW LEVEL SECURITY",
        "DROP TABLE outbox",
        "TRUNCATE outbox",
        "UPDATE audit_entry SET actor = actor",
        "DELETE FROM audit_entry",
        "UPDATE audit_seal SET hash = hash",
        "SELECT pg_read_file('PG_VERSION')",
        "COPY outbox TO PROGRAM 'cat'",
        "SET ROLE postgres",
        "SELECT rolpassword FROM pg_authid",
    ],
)
def test_what_a_role_may_not_do(databases: ServiceDatabases, service: str, role: str, statement: str) -> None:
    refused = (psycopg.errors.InsufficientPrivilege, psycopg.errors.InvalidParameterValue)
    with psycopg.connect(databases.url(service, role), autocommit=True) as connection, pytest.raises(refused):
        connection.execute(statement.encode())


@pytest.mark.parametrize("role", ["DATABASE", "WORKER", "MIGRATION"])
def test_no_role_reaches_another_services_database(databases: ServiceDatabases, role: str) -> None:
    for service in APPLICATIONS:
        own = databases.url(service, role)
        for other in APPLICATIONS:
            if other == service:
                continue
            theirs = f"{PREFIX}_{other}"  # as provisioned; the workers' copies do not inherit its rights
            with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
                psycopg.connect(psycopg.conninfo.make_conninfo(own, dbname=theirs))
