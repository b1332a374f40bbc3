"""The command `bangfu`: one typer application, of which each folder beside adds a part."""

import sys

import typer

from cli.dev import commands as dev
from cli.errors import CommandError
from cli.ops import commands as ops
from cli.verbs import commands as verbs
from shared.crypto import KeyFileError

app = typer.Typer(
    name="bangfu",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,  # locals hold passwords and people
    help="Bangfu 帮扶: an employment-support platform.",
)
app.add_typer(verbs.app)
app.add_typer(dev.app, name="dev")
app.add_typer(ops.app, name="ops")


def main() -> None:
    try:
        app(prog_name="bangfu")
    except (CommandError, KeyFileError) as error:
        sys.exit(f"bangfu: {error}")
