"""Provisioning on a real server, and the commands of `bangfu ops`."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from psycopg import errors
from psycopg.conninfo import conninfo_to_dict
from typer.testing import CliRunner

from cli.dev.postgres import Cluster, temporary_cluster
from cli.errors import CommandError
from cli.main import app
from cli.ops.database import ROLES, SERVICES, init, provision, read_environment, service_url
from shared.crypto import Keyring


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with temporary_cluster() as cluster:
        yield cluster


@pytest.fixture(scope="module")
def urls(cluster: Cluster) -> dict[str, str]:
    return provision(cluster.admin_url)


def _query(url: str, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


def test_every_service_gets_three_urls(urls: dict[str, str]) -> None:
    assert set(urls) == {f"{service.upper()}_{ending}" for service in SERVICES for ending in ROLES.values()}
    for name, url in urls.items():
        service = name.split("_")[0].lower()
        assert url.startswith("postgresql://")
        (row,) = _query(url, "SELECT current_user, current_database()")
        assert row == (f"bangfu_{service}_{next(r for r in ROLES if name.endswith(ROLES[r]))}", f"bangfu_{service}")


def test_no_role_has_special_rights(cluster: Cluster, urls: dict[str, str]) -> None:
    roles = _query(
        cluster.admin_url,
        "SELECT bool_and(rolcanlogin), bool_or(rolsuper OR rolbypassrls OR rolcreatedb OR rolcreaterole), count(*) "
        r"FROM pg_roles WHERE rolname LIKE 'bangfu\_%'",
    )
    assert roles == [(True, False, len(urls))]


def test_databases_are_the_same_everywhere(cluster: Cluster, urls: dict[str, str]) -> None:
    databases = _query(
        cluster.admin_url,
        "SELECT datname, pg_get_userbyid(datdba), datlocprovider, datlocale, pg_encoding_to_char(encoding) "
        r"FROM pg_database WHERE datname LIKE 'bangfu\_%' ORDER BY 1",
    )
    assert databases == [(f"bangfu_{s}", f"bangfu_{s}_owner", "b", "C.UTF-8", "UTF8") for s in sorted(SERVICES)]


@pytest.mark.parametrize("ending", ROLES.values())
def test_no_role_reaches_another_services_database(urls: dict[str, str], ending: str) -> None:
    stray = urls[f"REGISTRY_{ending}"].removesuffix("registry") + "jobs"
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(stray)


@pytest.mark.parametrize("ending", ["DATABASE_URL", "WORKER_URL"])
def test_only_the_owner_makes_tables(urls: dict[str, str], ending: str) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        _query(urls[f"REGISTRY_{ending}"], "CREATE TABLE mine (n int)")
    with pytest.raises(errors.InsufficientPrivilege):
        _query(urls[f"REGISTRY_{ending}"], "CREATE SCHEMA mine")
    with pytest.raises(errors.InsufficientPrivilege):
        _query(urls[f"REGISTRY_{ending}"], "CREATE TEMPORARY TABLE mine (n int)")


def test_the_owner_makes_tables_and_shares_them(urls: dict[str, str]) -> None:
    owner, app_url = urls["JOBS_MIGRATION_URL"], urls["JOBS_DATABASE_URL"]
    _query(owner, "CREATE TABLE shared (n int)")
    with pytest.raises(errors.InsufficientPrivilege):
        _query(app_url, "SELECT * FROM shared")
    _query(owner, "GRANT SELECT ON shared TO bangfu_jobs_app")
    assert _query(app_url, "SELECT * FROM shared") == []


def test_a_forgotten_transaction_ends(urls: dict[str, str]) -> None:
    for ending in ("DATABASE_URL", "WORKER_URL"):
        for setting in ("idle_in_transaction_session_timeout", "transaction_timeout"):
            assert _query(urls[f"REGISTRY_{ending}"], f"SHOW {setting}") != [("0",)]


def test_the_file_is_private_and_a_second_run_keeps_the_passwords(cluster: Cluster, tmp_path: Path) -> None:
    out = tmp_path / "database.env"
    init(cluster.admin_url, out, prefix="twice")
    first = read_environment(out)
    assert out.stat().st_mode & 0o777 == 0o600
    init(cluster.admin_url, out, prefix="twice")
    assert read_environment(out) == first
    assert _query(first["SUBSIDY_WORKER_URL"], "SELECT 1") == [(1,)]


def test_a_changed_password_is_set_back_to_the_files(cluster: Cluster, tmp_path: Path) -> None:
    out = tmp_path / "database.env"
    init(cluster.admin_url, out, prefix="reset")
    url = read_environment(out)["JOBS_DATABASE_URL"]
    _query(cluster.admin_url, "ALTER ROLE reset_jobs_app PASSWORD 'other'")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)
    init(cluster.admin_url, out, prefix="reset")
    assert _query(url, "SELECT 1") == [(1,)]


def test_a_lost_file_gives_new_passwords_that_work(cluster: Cluster, tmp_path: Path) -> None:
    out = tmp_path / "database.env"
    init(cluster.admin_url, out, prefix="lost")
    first = read_environment(out)
    out.unlink()
    init(cluster.admin_url, out, prefix="lost")
    second = read_environment(out)
    assert set(first.values()).isdisjoint(second.values())
    assert all(_query(url, "SELECT 1") == [(1,)] for url in second.values())


def test_several_at_once_agree(cluster: Cluster, tmp_path: Path) -> None:
    out = tmp_path / "database.env"
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: init(cluster.admin_url, out, prefix="together"), range(4)))
    assert all(_query(url, "SELECT 1") == [(1,)] for url in read_environment(out).values())


def test_an_administrator_need_not_be_a_superuser(cluster: Cluster) -> None:
    _query(cluster.admin_url, "CREATE ROLE keeper LOGIN CREATEDB CREATEROLE PASSWORD 'keeper'")
    parts = conninfo_to_dict(cluster.admin_url)
    keeper = f"postgresql://keeper:keeper@{parts['host']}:{parts['port']}/postgres"
    urls = provision(keeper, prefix="managed", services=["jobs"])
    assert provision(keeper, prefix="managed", services=["jobs"]).keys() == urls.keys()


def test_a_role_with_special_rights_is_refused(cluster: Cluster) -> None:
    _query(cluster.admin_url, "CREATE ROLE strong_jobs_app BYPASSRLS")
    with pytest.raises(CommandError, match="strong_jobs_app exists with BYPASSRLS"):
        provision(cluster.admin_url, prefix="strong", services=["jobs"])


@pytest.mark.parametrize("prefix", ["", "Bangfu", "a-b", 'a"; DROP ROLE x', "1a", "a" * 32])
def test_an_unfit_prefix_is_refused(cluster: Cluster, prefix: str) -> None:
    with pytest.raises(CommandError, match="prefix"):
        provision(cluster.admin_url, prefix=prefix)


def test_passwords_never_reach_the_servers_log(cluster: Cluster) -> None:
    _query(cluster.admin_url, "ALTER SYSTEM SET log_statement = 'all'")
    _query(cluster.admin_url, "SELECT pg_reload_conf()")
    urls = provision(cluster.admin_url, prefix="logged", services=["jobs"])
    _query(cluster.admin_url, "ALTER SYSTEM RESET log_statement")
    _query(cluster.admin_url, "SELECT pg_reload_conf()")
    log = cluster.log.read_text()
    assert "logged_jobs_app" in log
    assert not any(str(conninfo_to_dict(url)["password"]) in log for url in urls.values())


@pytest.mark.parametrize(
    ("admin", "expected"),
    [
        ("postgresql://root:x@db:6432/postgres?sslmode=require", "postgresql://u:p%2F@db:6432/d?sslmode=require"),
        ("postgresql://root:x@[::1]/postgres", "postgresql://u:p%2F@[::1]:5432/d"),
        ("postgresql:///postgres?host=/run/pg", "postgresql://u:p%2F@:5432/d?host=%2Frun%2Fpg"),
    ],
)
def test_the_services_reach_the_server_as_the_administrator_does(admin: str, expected: str) -> None:
    assert service_url(admin, "u", "p/", "d") == expected
    assert conninfo_to_dict(expected)["password"] == "p/"


@pytest.mark.parametrize("admin", ["postgresql://x:y@127.0.0.1:1/postgres", "mysql://x"])
def test_an_unreachable_server_is_said_so(admin: str, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="administrator"):
        init(admin, tmp_path / "database.env")
    assert list(tmp_path.iterdir()) == []


def test_the_commands(cluster: Cluster, tmp_path: Path) -> None:
    out, keys = tmp_path / "database.env", tmp_path / "keys.json"
    run = CliRunner()
    done = run.invoke(app, ["ops", "db", "init", cluster.admin_url, "--out", str(out), "--prefix", "command"])
    assert done.exit_code == 0
    assert read_environment(out)["GATEWAY_DATABASE_URL"].endswith("/command_gateway")
    assert not any(str(conninfo_to_dict(url)["password"]) in done.output for url in read_environment(out).values())

    assert run.invoke(app, ["ops", "keys", "init", str(keys), "--suite", "sm"]).exit_code == 0
    sealed = Keyring.load(keys).encrypt(b"value", b"")
    assert "Kept" in run.invoke(app, ["ops", "keys", "init", str(keys)]).output
    assert "version 2" in run.invoke(app, ["ops", "keys", "rotate", str(keys)]).output
    assert Keyring.load(keys).decrypt(sealed, b"") == b"value"


def test_a_missing_folder_is_said_so(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["ops", "keys", "init", str(tmp_path / "absent" / "keys.json")])
    assert done.exit_code == 2
    assert "does not exist" in " ".join(done.output.replace("│", " ").split())
