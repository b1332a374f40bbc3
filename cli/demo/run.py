"""Running the play on a platform of its own, and leaving nothing behind but what it hands out."""

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from rich.console import Console

from cli.demo.play import play
from cli.demo.stage import Stage
from cli.demo.story import BUSINESS_TIME, Story
from cli.dev.data import DataFolder
from cli.dev.plan import ROOT
from cli.dev.report import Report
from cli.dev.supervisor import platform
from cli.errors import CommandError
from shared.clock import BEIJING, system_now

SETTINGS = {"BANGFU_BUSINESS_TIME": BUSINESS_TIME, "BANGFU_FEED_POLL_SECONDS": "0.25"}


def demo(data: Path | None, out: Path | None, console: Console | None = None) -> Story:
    """Start a platform on free ports, play, stop it. Without `data` its databases are thrown away afterwards; the
    files that the play hands out stay in `out`. Raises CommandError when something is not as it should be."""
    console = console or Console(highlight=False)
    with _handed_out(out) as folder, data_folder(data, folder) as kept:
        report = Report(console)
        with platform(kept, environment="demo", report=report, settings=SETTINGS) as running:
            stage = Stage(running.base_url, running.credentials, folder, console)
            try:
                return play(stage)
            except CommandError:
                running.look_after()  # if a process has died, this says so
                raise
            finally:
                stage.close()


@contextmanager
def _handed_out(out: Path | None) -> Iterator[Path]:
    """A folder for what the play hands out. One of our own making is removed again when Ctrl-C ends the play."""
    now = datetime.strftime(system_now().astimezone(BEIJING), "%Y%m%d-%H%M%S")
    folder = out or ROOT / "out" / f"demo-{now}-{os.getpid()}"
    new = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)  # the bank's file names people and accounts
    try:
        yield folder
    except KeyboardInterrupt:
        if new:
            shutil.rmtree(folder)
        raise


@contextmanager
def data_folder(kept: Path | None, out: Path) -> Iterator[Path]:
    """The folder of the databases: the one to keep, or one to throw away. After a failure the logs go to `out`."""
    if kept is not None:
        yield kept
        return
    folder = Path(tempfile.gettempdir()) / f"bangfu-demo-{secrets.token_hex(6)}"
    place = DataFolder(folder).path
    try:
        yield folder
    except CommandError:
        logs = shutil.copytree(place / "logs", out / "logs", dirs_exist_ok=True)
        Console(stderr=True).print(f"The logs of all processes are in {logs}.", soft_wrap=True)
        raise
    finally:
        shutil.rmtree(place, ignore_errors=True)
