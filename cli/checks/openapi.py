"""The committed interface of each service: `openapi.json`, and `events.json` (JSON Schema of what its feed carries).

`python -m cli.checks.openapi [NAME …]` compares the committed files with the code and names what differs; with
`--write` it writes them. A change of an interface thereby shows in review, and consumers test against the committed
file.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from cli.checks.rules import ROOT
from shared.app import Service, create
from shared.auth import Trust
from shared.crypto import KeyFile, Keyring
from shared.database import Database
from shared.feed import Envelope
from shared.files import FileStore
from shared.runtime import Runtime
from shared.settings import SERVICES, Settings

COMMAND = "python -m cli.checks.openapi --write"
MODULES = {**{name: f"services.{name}" for name in SERVICES}, "gateway": "gateway"}
_NOWHERE = "postgresql://nobody@127.0.0.1:1/none"


def declared(names: Iterable[str] = tuple(MODULES)) -> dict[str, Service]:
    """The services of these names, as their `app.py` declares them."""
    return {name: import_module(f"{MODULES[name]}.app").SERVICE for name in names}


def openapi(service: Service) -> dict[str, Any]:
    """The service's document. Its application is made, but nothing is connected or started."""
    keyring = Keyring(KeyFile.generate("aes"))
    runtime = Runtime(
        service=service.name,
        settings=Settings(),
        database=Database(_NOWHERE),
        keyring=keyring,
        files=FileStore(Path("unused"), keyring),
        trust=Trust(),
    )
    return create(service, runtime).openapi()


def events(service: Service) -> dict[str, Any]:
    """JSON Schema of the `data` of each event type, beside that of the envelope."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Events of {service.name}",
        "envelope": Envelope.model_json_schema(),
        "events": {kind.type: _data(kind) for kind in sorted(service.events, key=lambda kind: kind.type)},
    }


def _data(kind: Any) -> dict[str, Any]:
    """The subject stands in the envelope."""
    schema: dict[str, Any] = kind.model_json_schema(mode="serialization")
    schema["properties"].pop("subject", None)
    schema["required"] = [name for name in schema.get("required", []) if name != "subject"]
    return schema


def files(service: Service) -> Iterator[tuple[Path, str]]:
    """What is to be committed for a service: path and text."""
    yield service.folder / "openapi.json", _text(openapi(service))
    if service.events:
        yield service.folder / "events.json", _text(events(service))


def check(names: Iterable[str] = tuple(MODULES), *, write: bool) -> list[str]:
    """What differs from the code, one sentence each with its mend; nothing once it is written."""
    wrong = []
    for service in declared(names).values():
        for path, text in files(service):
            if write:
                path.write_text(text, encoding="utf-8")
            elif not path.exists() or path.read_text(encoding="utf-8") != text:
                wrong.append(
                    f"{path.relative_to(ROOT)} is out of date: run `{COMMAND}`, read the difference, commit it"
                )
    return wrong


def _text(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m cli.checks.openapi", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(MODULES)}; all without")
    parser.add_argument("--write", action="store_true", help="write the files")
    options = parser.parse_args(arguments)
    if unknown := sorted(set(options.names) - MODULES.keys()):
        parser.error(f"no such service: {', '.join(unknown)}")
    wrong = check(options.names or MODULES, write=options.write)
    for line in wrong:
        print(line, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
