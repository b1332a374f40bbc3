"""The demo's people for `bangfu dev up`: what a newcomer finds when the platform first runs."""

from pathlib import Path
from typing import Any

from rich.console import Console

from cli.demo.stage import Stage
from cli.demo.story import COUNTY, PROVINCES
from cli.samples import people
from cli.verbs import imports, regions


def populate(base_url: str, credentials: Any, folder: Path, console: Console) -> None:
    """Load the divisions and import the sample of people, as the officers who may; safe to repeat."""
    folder.mkdir(exist_ok=True, mode=0o700)
    stage = Stage(base_url, credentials, folder, console)
    try:
        with stage.doing("yunnan-admin", "导入云南、上海、广东区划 load the divisions of three provinces") as admin:
            regions.load(admin, PROVINCES, console)
        workbook = stage.file("people.xlsx")
        people.write(workbook, people.people())
        with stage.doing("mile-officer", "导入演示人员 import the sample of people") as county:
            imports.run(county, workbook, COUNTY, console, stage.file("people-errors.xlsx"))
    finally:
        stage.close()
