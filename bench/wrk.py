"""Load from `wrk`, one thread, and what it measured."""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

CONNECTIONS = 16
_WALK = Path(__file__).with_name("walk.lua")


def load(url: str, seconds: float, headers: Mapping[str, str] | None = None) -> dict[str, float]:
    """Requests/s (`rate`) and latencies in ms (`p50`, `p99`) of one address. Raises for any answer other than 2xx."""
    named = [part for name, value in (headers or {}).items() for part in ("-H", f"{name}: {value}")]
    return _load([*named, url], seconds)


def walk(url: str, seconds: float, requests: Path, start: int) -> dict[str, float]:
    """The same over many addresses of one server: a line each in the file, path and access token. From line `start`
    on, and from the first again after the last."""
    return _load(["-s", str(_WALK), url, "--", str(requests), str(start)], seconds)


def _load(arguments: Sequence[str], seconds: float) -> dict[str, float]:
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{max(1, round(seconds))}s", "--latency", *arguments]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in text or "Socket errors" in text:
        raise RuntimeError(text)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", text)
    quantiles = dict(re.findall(r"^\s+(50|99)%\s+(\S+)", text, re.MULTILINE))
    assert rate is not None
    return {"rate": float(rate[1]), "p50": _ms(quantiles["50"]), "p99": _ms(quantiles["99"])}


def _ms(text: str) -> float:
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s)", text).groups()  # type: ignore[union-attr]
    return float(number) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[unit]


def need(*programs: str) -> None:
    """The programs must be there; as root they are installed, otherwise the message says what to do."""
    missing = [name for name in programs if shutil.which(name) is None]
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        install = ["apt-get", "-o", "DPkg::Lock::Timeout=120", "install", "-y", "--no-install-recommends", *missing]
        subprocess.run(install, check=False, stdout=subprocess.DEVNULL)
        missing = [name for name in programs if shutil.which(name) is None]
    if missing:
        raise SystemExit(f"this bench needs {' and '.join(missing)}: apt-get install {' '.join(missing)}")
