"""Whether the migrations of each service make the tables that its code declares.

`python -m cli.checks.migrations [NAME …]` runs every migration of every service (or of those named) on a fresh embedded
server and lets Alembic look for differences. None means that a new revision would be empty.
"""

import argparse
import sys
import warnings
from collections.abc import Iterable, Sequence

from alembic import command
from alembic.util import CommandError as AlembicError
from sqlalchemy.exc import SAWarning

from cli.checks.openapi import MODULES, declared
from cli.dev.postgres import temporary_cluster
from cli.ops.database import provision
from shared import migrations
from shared.app import Service


def check(services: Iterable[Service]) -> list[str]:
    """What the migrations leave out or make differently, one sentence a service with its mend."""
    with temporary_cluster() as cluster:
        urls = provision(cluster.admin_url)
        found = [_drift(service, urls[f"{service.name.upper()}_MIGRATION_URL"]) for service in services]
    return [drift for drift in found if drift]


def _drift(service: Service, url: str) -> str | None:
    migrations.upgrade(service.folder, url)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Did not recognize type 'xid8'", SAWarning)
            command.check(migrations.config(service.folder, url))
    except AlembicError as error:
        return f"{service.name}: {error}. Add a revision to {service.folder.name}/migrations/versions."
    return None


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m cli.checks.migrations", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(MODULES)}; all without")
    names = parser.parse_args(arguments).names or list(MODULES)
    if unknown := sorted(set(names) - MODULES.keys()):
        parser.error(f"no such service: {', '.join(unknown)}")
    wrong = check(declared(names).values())
    for line in wrong:
        print(line, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
