"""The supervisor over two fake parts; as a program, so that tests can send it real signals: `fake_platform DATA`."""

import json
import sys
from contextlib import suppress
from pathlib import Path

from cli.dev.plan import Part, Plan, StartUp
from cli.dev.supervisor import platform

MODULE = "tests.cli.fake_service"
FAKE = Plan(
    parts=(Part("gateway", MODULE, 0), Part("registry", MODULE, 101)),
    start_up=(StartUp("gateway", ("seed", "--out", "$data/credentials.json")),),
)

if __name__ == "__main__":
    with suppress(KeyboardInterrupt), platform(Path(sys.argv[1]), plan=FAKE) as running:
        sys.stdout.write(json.dumps({"gateway": running.base_url, "registry": running.url("registry")}) + "\n")
        sys.stdout.flush()
        running.watch()
