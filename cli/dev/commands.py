"""The commands of `bangfu dev`."""

import shutil
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from cli.dev.data import DataFolder
from cli.dev.environment import Environment
from cli.dev.plan import DEFAULT_PORT, PLATFORM, ROOT
from cli.dev.report import Report
from cli.dev.supervisor import Supervisor, platform

app = typer.Typer(no_args_is_help=True, help="The whole platform on this machine 本机运行.")

DataOption = Annotated[Path, typer.Option("--data", metavar="DIR", help="Where everything that it keeps lies.")]
DEFAULT_DATA = ROOT / ".data" / "run"


@app.command()
def up(
    data: DataOption = DEFAULT_DATA,
    port: Annotated[int, typer.Option(help="The gateway's port; the services take N+101 to N+104. 0: free ones.")] = (
        DEFAULT_PORT
    ),
    environment: Annotated[Environment, typer.Option(help="What the services are told they run in.")] = "development",
) -> None:
    """Start everything and keep it running until Ctrl-C. DATABASE_URL names a server to use instead of our own."""
    report = Report()
    # Ctrl-C is how it is meant to end, not a failure.
    with suppress(KeyboardInterrupt), platform(data, port=port, environment=environment, report=report) as running:
        if environment == "development":
            _populate_once(running, report)
        _introduce(running, report)
        running.watch()
    report.say("Stopped.")


@app.command()
def demo(
    data: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Keep the databases there. [default: thrown away]")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where the files of the play go. [default: a new folder in out/]")
    ] = None,
) -> None:
    """Play one season over HTTP, from registration to payment and the quarterly form, and check every answer."""
    # The play's samples use the registry's divisions, which the image of the CLI does not hold.
    from cli.demo.run import demo as play

    try:
        play(data, out)
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


@app.command()
def clean(data: DataOption = DEFAULT_DATA) -> None:
    """Remove the data folder, databases and keys included."""
    folder = DataFolder(data)
    if not folder.path.exists():
        print(f"Nothing at {folder.path}.")
        return
    with folder.held():
        shutil.rmtree(folder.path)
    print(f"Removed {folder.path}.")


def _populate_once(running: Supervisor, report: Report) -> None:
    """The first time: divisions and the demo's people, so that there is something to look at."""
    populated = running.data / "populated"
    if not populated.exists():
        # As with the demo: the samples use the registry's divisions, which the image of the CLI does not hold.
        from cli.demo.populate import populate

        populate(running.base_url, running.credentials, running.data / "samples", report.console)
        populated.touch()


def _introduce(running: Supervisor, report: Report) -> None:
    report.say(f"\nBangfu 帮扶 is ready at {running.base_url}")
    for part in PLATFORM.parts[1:]:
        report.say(f"  {part.name:<10} {running.url(part.name)}")
    report.say(f"  docs       {running.base_url}/docs  (for programs: /openapi.json)")
    report.say(f"  accounts   {running.data / 'credentials.json'}  (readable by you alone)")
    report.say(f"  data       {running.data}\nCtrl-C stops it.")
