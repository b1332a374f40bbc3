"""`bangfu dev demo` as a program: Ctrl-C in the middle leaves no process and no folder."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from cli.dev.places import REFUGE

ROOT = Path(__file__).parents[2]
PATIENCE = 180.0

pytestmark = pytest.mark.timeout(400)


def test_ctrl_c_leaves_nothing(tmp_path: Path) -> None:
    out, said = tmp_path / "out", tmp_path / "said.txt"
    refuges = set(_refuges())
    environment = os.environ | {"TMPDIR": str(tmp_path), "PYTHONPATH": str(ROOT), "COLUMNS": "160"}
    with said.open("w") as output:
        command = [sys.executable, "-m", "cli", "dev", "demo", "--out", str(out)]
        demo = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT)
    try:
        deadline = time.monotonic() + PATIENCE
        while "账号 Accounts" not in said.read_text():  # everything runs, and the first act has begun
            assert demo.poll() is None, said.read_text()
            assert time.monotonic() < deadline, said.read_text()
            time.sleep(0.2)
        family = psutil.Process(demo.pid).children(recursive=True)
        assert len(family) > 10  # five servers, five workers, PostgreSQL
        demo.send_signal(signal.SIGINT)
        assert demo.wait(60) == 130, said.read_text()
    finally:
        demo.kill()
        demo.wait()
    assert [one for one in family if one.is_running()] == []
    assert not out.exists()
    assert list(tmp_path.glob("bangfu-demo-*")) == []
    assert set(_refuges()) == refuges


def _refuges() -> list[Path]:
    """Stand-ins of folders that the database's system user cannot reach."""
    return list(REFUGE.glob("bangfu-demo-*"))
