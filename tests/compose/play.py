"""`make compose-test`: the platform in containers, and the whole loop played against it.

Not collected by `make test` (its name does not begin with `test_`): it needs a Docker engine and built images.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from cli.demo.play import play
from cli.demo.stage import Stage
from cli.demo.story import BUSINESS_TIME
from cli.dev.ports import free_ports

ROOT = Path(__file__).parents[2]
PROJECT = "bangfu-test"
PARTS = ("gateway", "registry", "jobs", "subsidy", "reporting")

pytestmark = pytest.mark.timeout(1500)


class Compose:
    """docker compose (v2) or docker-compose (1.29), under a project name of its own."""

    def __init__(self, port: int) -> None:
        v2 = subprocess.run(["docker", "compose", "version"], capture_output=True, check=False).returncode == 0
        program = ["docker", "compose"] if v2 else [shutil.which("docker-compose") or "docker-compose"]
        self._command = [*program, "--project-name", PROJECT, "--project-directory", str(ROOT)]
        self._env = os.environ | {
            "BANGFU_PORT": str(port),
            "BANGFU_ENVIRONMENT": "demo",
            "BANGFU_BUSINESS_TIME": BUSINESS_TIME,
        }

    def __call__(self, *arguments: str) -> str:
        done = subprocess.run(
            [*self._command, *arguments], env=self._env, cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{' '.join(arguments)}:\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
        return done.stdout

    def inspect(self, service: str) -> dict[str, Any]:
        container = self("ps", "-q", service).split()[0]
        out = subprocess.run(["docker", "inspect", container], capture_output=True, text=True, check=True).stdout
        found: dict[str, Any] = json.loads(out)[0]
        return found


@pytest.fixture(scope="module")
def port() -> int:
    return free_ports(1)[0]


@pytest.fixture(scope="module")
def compose(port: int) -> Iterator[Compose]:
    made = Compose(port)
    made("down", "--volumes", "--remove-orphans")
    try:
        made("up", "--detach", "--no-build")
        yield made
    finally:
        made("down", "--volumes", "--remove-orphans")


@pytest.mark.parametrize("part", PARTS)
def test_an_image_holds_its_own_part_only(compose: Compose, part: str) -> None:
    listed = compose("exec", "-T", part, "sh", "-c", "id -u; ls services; ls -d gateway cli 2>/dev/null || true")
    uid, *names = listed.split()
    assert uid == "10001"
    own = {"gateway"} if part == "gateway" else {part}
    assert {name for name in names if name in {*PARTS, "cli"}} == own


@pytest.mark.parametrize("part", PARTS)
def test_a_container_writes_nowhere_but_where_it_should(compose: Compose, part: str) -> None:
    assert compose.inspect(part)["HostConfig"]["ReadonlyRootfs"] is True
    assert compose.inspect(part)["HostConfig"]["CapDrop"] == ["ALL"]
    others = [name for name in PARTS if name != part]
    seen = compose("exec", "-T", part, "sh", "-c", "ls /run/bangfu; cat /run/bangfu/*_url")
    assert f"bangfu_{part}_app" in seen
    assert not [name for name in others if f"bangfu_{name}_" in seen]
    assert f"bangfu_{part}_owner" not in seen


def test_nothing_is_published_but_the_gateway(compose: Compose) -> None:
    published = {}
    for service in ("db", *PARTS, *(f"{part}-worker" for part in PARTS)):
        ports = compose.inspect(service)["NetworkSettings"]["Ports"] or {}
        if hosts := {one["HostIp"] for bound in ports.values() for one in bound or ()}:
            published[service] = hosts
    assert published == {"gateway": {"127.0.0.1"}}


def test_the_loop(compose: Compose, port: int, tmp_path: Path) -> None:
    credentials = json.loads(compose("exec", "-T", "gateway", "cat", "/var/lib/bangfu/out/credentials.json"))
    stage = Stage(f"http://127.0.0.1:{port}", credentials, tmp_path, Console(highlight=False))
    try:
        story = play(stage)
    finally:
        stage.close()
    assert story.annex3
    compose("restart", "registry", "registry-worker")
    assert compose.inspect("registry")["State"]["Running"] is True
