"""The supervisor with real processes, a real database and real signals."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import RemoteDisconnected
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest

from cli.dev.child import Child
from cli.dev.data import DataFolder
from cli.dev.plan import PLATFORM, Plan
from cli.dev.postgres import temporary_cluster
from cli.dev.report import Report, Step
from cli.dev.supervisor import platform
from cli.errors import CommandError
from tests.cli.fake_platform import FAKE

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    """One data folder for all tests here, in which each starts the platform anew."""
    parent = Path(tempfile.mkdtemp(prefix="bangfu-test-"))
    parent.chmod(0o711)
    yield parent / "data"
    shutil.rmtree(parent)


class Program:
    """The supervisor as a program of its own."""

    def __init__(self, data: Path) -> None:
        command = [sys.executable, "-m", "tests.cli.fake_platform", str(data)]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout
        self.urls = json.loads(next(line for line in self.process.stdout if line.startswith("{")))
        self.family = psutil.Process(self.process.pid).children(recursive=True)

    def __enter__(self) -> "Program":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.communicate()
        _until(lambda: not self.alive())

    def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)

    def alive(self) -> list[psutil.Process]:
        return [one for one in self.family if _lives(one)]


def _lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:  # it ended between the two questions
        return False


def _get(url: str) -> Any:
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=10) as answer:
        return json.load(answer)


def _until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.05)


def _answers(url: str) -> bool:
    try:
        return bool(_get(f"{url}/health/ready"))
    except OSError:
        return False


def test_each_part_gets_its_own_secrets_and_nobody_elses(data: Path) -> None:
    with platform(data, environment="demo", plan=FAKE, settings={"BANGFU_BUSINESS_TIME": "held"}) as running:
        registry = _get(running.url("registry") + "/environment")
        assert running.credentials == {"clients": {"service-gateway": 44, "service-registry": 44}}
        assert _get(running.url("registry") + "/user")["user"] == "bangfu_registry_app"
        assert _get(running.base_url + "/user")["user"] == "bangfu_gateway_app"
        worker = psutil.Process(running.processes["registry-worker"]).environ()
        seen = {"BANGFU_PORT": running.url("registry").rpartition(":")[2], "BANGFU_GATEWAY_URL": running.base_url}
    for environment in (registry, worker):
        urls = {name for name in environment if name.endswith(("_DATABASE_URL", "_WORKER_URL", "_MIGRATION_URL"))}
        assert urls == {"REGISTRY_DATABASE_URL", "REGISTRY_WORKER_URL"}
        assert seen.items() <= environment.items()
        assert environment["BANGFU_ENVIRONMENT"] == "demo"
        assert environment["BANGFU_BUSINESS_TIME"] == "held"
        assert environment["BANGFU_REGISTRY_URL"] == f"http://127.0.0.1:{environment['BANGFU_PORT']}"
        assert environment["BANGFU_SERVICE_CLIENT_ID"] == "service-registry"
        secret = Path(environment["BANGFU_SERVICE_CLIENT_SECRET_FILE"])
        for private in (secret, Path(environment["BANGFU_KEYS_FILE"])):
            assert private.stat().st_mode & 0o077 == 0
        assert Path(environment["BANGFU_FILES_DIR"]).is_dir()


def test_nothing_is_left_after_the_block_and_the_data_stays(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def run() -> tuple[int, list[psutil.Process]]:
        with platform(data, plan=FAKE) as running:
            return _get(running.url("registry") + "/user")["migrations"], psutil.Process().children(recursive=True)

    first, family = run()
    assert len(family) > 5
    assert not any(one.is_running() for one in family)
    monkeypatch.setattr(Plan, "code_digest", lambda _: "another version, which migrates again")
    assert run()[0] == first + 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_asked_to_stop_it_stops_everything(data: Path, number: signal.Signals) -> None:
    with Program(data) as program:
        assert _answers(program.urls["gateway"])
        assert program.end(number) == 0
        assert program.alive() == []
    assert not (data / "postgres" / "pgdata" / "postmaster.pid").exists()


def test_killed_it_leaves_no_orphans_and_starts_again(data: Path) -> None:
    with Program(data) as program:
        before = _get(program.urls["registry"] + "/user")["migrations"]
        keys = DataFolder(data).keys.read_bytes()
        program.end(signal.SIGKILL)
        with Program(data) as again:
            assert _get(again.urls["registry"] + "/user")["migrations"] == before
            assert DataFolder(data).keys.read_bytes() == keys
            assert program.alive() == []


def test_a_child_that_does_not_listen_is_killed(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_DEAF", "1")
    monkeypatch.setattr("cli.dev.child.STOP_SECONDS", 1.0)
    with platform(data, plan=FAKE) as running:
        worker = psutil.Process(running.processes["registry-worker"])
        _until(lambda: signal.SIGTERM in _ignored(worker.pid))
    assert not worker.is_running()


def _ignored(pid: int) -> set[int]:
    line = next(one for one in Path(f"/proc/{pid}/status").read_text().splitlines() if one.startswith("SigIgn"))
    mask = int(line.split()[1], 16)
    return {number for number in range(1, 65) if mask >> (number - 1) & 1}


def test_what_crashes_is_restarted(data: Path) -> None:
    with Program(data) as program:
        with pytest.raises(RemoteDisconnected):
            _get(program.urls["registry"] + "/crash")
        _until(lambda: _answers(program.urls["registry"]))
        assert "registry crashes as told" in (data / "logs" / "registry.log").read_text()
        assert _answers(program.urls["gateway"])


def test_a_caller_with_other_work_looks_after_the_parts_in_between(data: Path) -> None:
    def restarted() -> bool:
        running.look_after()
        return running.processes["registry"] != killed and _answers(running.url("registry"))

    with platform(data, plan=FAKE) as running:
        killed = running.processes["registry"]
        os.kill(killed, signal.SIGKILL)
        _until(restarted)


def test_a_killed_database_is_restarted_at_the_same_port(data: Path) -> None:
    with Program(data) as program:
        server = int((data / "postgres" / "pgdata" / "postmaster.pid").read_text().splitlines()[0])
        os.kill(server, signal.SIGKILL)

        def works() -> bool:
            try:
                return bool(_get(program.urls["registry"] + "/user"))
            except OSError:
                return False

        _until(works)


def test_a_second_run_says_who_holds_the_folder(data: Path) -> None:
    with (
        DataFolder(data).held(),
        pytest.raises(CommandError, match=f"in use by process {os.getpid()}, started 20"),
        platform(data, plan=FAKE),
    ):
        pass


def test_a_port_in_use_is_named_with_its_part(data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with (
            pytest.raises(CommandError, match=rf"port {port} \(for registry\)"),
            platform(data, port=port - 101, plan=FAKE),
        ):
            pass


def test_a_broken_start_shows_the_log_and_leaves_nothing(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_BROKEN", "registry")
    monkeypatch.setattr(Plan, "code_digest", lambda _: "a new version")
    with (
        pytest.raises(CommandError, match=r"(?s)registry-migrate ended with 1.*the third migration is broken"),
        platform(data, plan=FAKE),
    ):
        pass
    assert psutil.Process().children(recursive=True) == []


def test_migrations_run_again_only_when_the_code_has_changed(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []

    class Listening(Report):
        @contextmanager
        def step(self, name: str) -> Iterator[Step]:
            said.append(name)
            with super().step(name) as step:
                yield step

    for digest in ("this version", "this version", "the next version"):
        monkeypatch.setattr(Plan, "code_digest", lambda _, digest=digest: digest)
        with platform(data, plan=FAKE, report=Listening()):
            pass
    first, second, third = (run.split() for run in " ".join(said).split("Database")[1:])
    assert first == third == ["Migrations", "gateway", "seed", "Services"]
    assert second == ["Services"]


def test_the_fixed_ports_are_the_documented_ones() -> None:
    ports = {"gateway": 8000, "registry": 8101, "jobs": 8102, "subsidy": 8103, "reporting": 8104}
    assert PLATFORM.ports(8000) == ports
    assert len(set(PLATFORM.ports(0).values())) == len(ports)


def test_another_server_can_be_used(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with temporary_cluster() as cluster:
        monkeypatch.setenv("DATABASE_URL", cluster.admin_url)
        with platform(data.with_name("elsewhere"), plan=FAKE) as running:
            assert f":{cluster.port}/" in running.databases["REGISTRY_DATABASE_URL"]
            assert "DATABASE_URL" not in _get(running.base_url + "/environment")
            assert not (running.data / "postgres").exists()
            with psycopg.connect(cluster.admin_url) as connection:
                found = connection.execute("SELECT count(*) FROM pg_database WHERE datname LIKE 'bangfu%'").fetchone()
            assert found == (5,)


@pytest.fixture
def empty(data: Path) -> Iterator[Path]:
    folder = data.with_name("empty")
    folder.mkdir()
    yield folder
    shutil.rmtree(folder)


def test_another_layout_is_left_alone(empty: Path) -> None:
    (empty / "layout").write_text("0\n")
    with pytest.raises(CommandError, match="layout 0; this version reads layout 1"):
        _prepare(empty)


def test_a_folder_of_something_else_is_left_alone(empty: Path) -> None:
    (empty / "thesis.txt").touch()
    with pytest.raises(CommandError, match="layout unknown"):
        _prepare(empty)


def test_lost_keys_are_not_replaced(empty: Path) -> None:
    folder = _prepare(empty)
    (folder / "database.env").touch()
    (folder / "keys.json").unlink()
    with pytest.raises(CommandError, match="Put it back"):
        _prepare(empty)
    assert not (folder / "keys.json").exists()


def _prepare(folder: Path) -> Path:
    data = DataFolder(folder)
    with data.held():
        data.prepare(["service-registry"])
    return data.path


def test_the_watch_does_not_restart_without_end(tmp_path: Path) -> None:
    """Each crash in a row doubles the pause, up to half a minute."""
    child = Child("x", [sys.executable, "-c", "raise SystemExit(4)"], os.environ, ROOT, tmp_path / "x.log")
    child.start()
    said: list[str] = []

    def crashed() -> bool:
        said.extend(filter(None, [child.look_after()]))
        return len(said) == 3

    _until(crashed)
    assert [message.rsplit(" ", 2)[1] for message in said] == ["0.5", "1", "2"]
    assert all("ended with 4" in message for message in said)
