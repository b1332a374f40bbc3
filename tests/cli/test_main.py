"""The command line as a whole."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_cli_starts_without_the_services() -> None:
    """Its image holds cli/ and shared/ only."""
    code = "import sys, cli.main; print([name for name in sys.modules if name.startswith(('services.', 'gateway'))])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
