"""The verbs: `bangfu login`, `bangfu logout`, `bangfu regions load`, `bangfu import`."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from cli.client import Refused
from cli.verbs import imports, regions, session

app = typer.Typer()
regions_app = typer.Typer(no_args_is_help=True, help="Divisions 行政区划.")
app.add_typer(regions_app, name="regions")


@app.command()
def login(
    username: Annotated[str, typer.Argument(help="The post's name, such as mile-reviewer.")],
    gateway: Annotated[
        str, typer.Option(envvar="BANGFU_GATEWAY_URL", metavar="URL", help="Where the platform is.")
    ] = session.DEFAULT_GATEWAY,
) -> None:
    """Log in 登录. Asks for the password, and for a new one when it was given by somebody else."""
    password = typer.prompt("密码 Password", hide_input=True)
    try:
        session.log_in(gateway, username, password)
    except Refused as refusal:
        if refusal.code != "password-change-required":
            raise
        print(refusal.detail)
        fresh = typer.prompt("新密码 New password", hide_input=True, confirmation_prompt=True)
        session.change_password(gateway, username, password, fresh)
        session.log_in(gateway, username, fresh)
    print(f"已登录 Logged in as {username} at {gateway}.")


@app.command()
def logout() -> None:
    """End the session 退出."""
    print(f"已退出 Logged out {session.log_out()}.")


@regions_app.command("load")
def load_regions(
    provinces: Annotated[list[str], typer.Argument(metavar="PROVINCE...", help="Two digits each, such as 53 21 34.")],
) -> None:
    """Load the national divisions of provinces 导入国家区划. Safe to repeat; an interrupted load goes on."""
    load = regions.load(session.caller(), provinces, Console())
    print(f"已导入 Loaded {load['total']:,} divisions.")


@app.command("import")
def import_people(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A workbook on the form of annex 2.")],
    region: Annotated[str, typer.Option(help="Code of the county, township or village that it is of.")],
    errors: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where the refused rows go. [default: beside FILE]")
    ] = None,
) -> None:
    """Import people from a workbook 批量导入人员. What is refused comes back as a workbook to mend and import again."""
    errors = errors or file.with_name(f"{file.stem}-errors.xlsx")
    console = Console()
    result = imports.run(session.caller(), file, region, console, errors)
    console.print(imports.table(result))
    if result.errors:
        console.print(f"未导入的行 refused rows: {result.errors}", soft_wrap=True)
