"""The door beside nginx: an authenticated GET to the same backend, 16 connections, the same number of processes.

The door verifies the token (EdDSA, remembered by its hash), counts the request against its rate, and judges path and
headers; nginx only passes on (`proxy_pass`, keep-alive upstream). Load comes from `wrk`, in alternating rounds.
"""

import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import jwt
import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from fastapi import FastAPI, Response

from bench import harness
from gateway.proxy.app import Proxy
from gateway.proxy.identity import token_check
from gateway.proxy.limits import Limits, Rate
from gateway.proxy.server import UVICORN
from shared import clock
from shared.auth import ALGORITHM, AUDIENCE, ISSUER, TokenVerifier, Trust

CONNECTIONS = 16
SECONDS = 2.0
ROUNDS = 5
GOAL = 0.8
TARGET = "/registry/v1/persons/0192f0c1-0000-7000-8000-000000000001"
_HOST = "127.0.0.1"
_ROOT = Path(__file__).parents[1]

BODY = b'{"id":"ID","version":3,"region":"530326100201","status":"registered"}'

NGINX_CONF = """
worker_processes {workers};
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections 1024; multi_accept on; }}
http {{
  access_log off;
  sendfile on;
  tcp_nodelay on;
  keepalive_requests 1000000;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  upstream backend {{ server {host}:{backend}; keepalive 64; keepalive_requests 1000000; }}
  server {{
    listen {host}:{port} reuseport;
    location / {{ proxy_pass http://backend; proxy_http_version 1.1; proxy_set_header Connection ""; }}
  }}
}}
"""


backend = FastAPI(openapi_url=None)


@backend.get("/registry/v1/persons/{person_id}")
async def person(person_id: str) -> Response:
    """The service behind both doors: a FastAPI operation with a small JSON answer, as the platform's services are."""
    return Response(BODY.replace(b"ID", person_id.encode("ascii")), media_type="application/json")


def serve_backend(port: int) -> None:
    _serve(uvicorn.Config(backend, loop="uvloop", http="httptools", access_log=False, log_level="error"), port)


def serve_door(port: int, backend_port: int, key_file: Path) -> None:
    """One gateway process. The rate is counted, and too high to be met."""
    private = load_pem_private_key(key_file.read_bytes(), password=None)
    assert isinstance(private, Ed25519PrivateKey)
    verifier = TokenVerifier(Trust({"bench": private.public_key()}, always_fresh=True))
    rate = Rate("subject", per_second=1e6, burst=1_000_000)
    door = Proxy({"registry": f"http://{_HOST}:{backend_port}"}, token_check(verifier), Limits(rates=(rate, rate)))
    _serve(uvicorn.Config(door, **UVICORN, log_level="error"), port)


def _serve(config: uvicorn.Config, port: int) -> None:
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listener.bind((_HOST, port))
        uvicorn.Server(config).run(sockets=[listener])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(commands: Sequence[Sequence[str]], port: int, token: str) -> Iterator[None]:
    """Run the processes until the block ends; enter it when the port answers the bench's own request."""
    processes = [subprocess.Popen(command, cwd=_ROOT) for command in commands]
    try:
        deadline = time.monotonic() + 30
        while not _answers(port, token):
            if time.monotonic() > deadline or any(process.poll() is not None for process in processes):
                raise RuntimeError(f"{commands[0]} does not answer")
            time.sleep(0.05)
        yield
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(timeout=20)


def _answers(port: int, token: str) -> bool:
    request = urllib.request.Request(f"http://{_HOST}:{port}{TARGET}", headers={"Authorization": f"Bearer {token}"})
    try:
        with urllib.request.urlopen(request, timeout=5) as response:
            return bool(response.status == 200)
    except urllib.error.URLError:
        return False


def load(port: int, token: str, seconds: float) -> dict[str, float]:
    """Requests/s and latencies in ms, from wrk. Any answer other than 2xx, or a broken connection, ends the bench."""
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{max(1, round(seconds))}s", "--latency"]
    command += ["-H", f"Authorization: Bearer {token}", f"http://{_HOST}:{port}{TARGET}"]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in text or "Socket errors" in text:
        raise RuntimeError(text)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", text)
    quantiles = dict(re.findall(r"^\s+(50|99)%\s+(\S+)$", text, re.MULTILINE))
    assert rate is not None
    return {"rate": float(rate[1]), "p50": _ms(quantiles["50"]), "p99": _ms(quantiles["99"])}


def _ms(text: str) -> float:
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s)", text).groups()  # type: ignore[union-attr]
    return float(number) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[unit]


def need(*programs: str) -> None:
    """wrk and nginx must be there; as root they are installed, otherwise the message says what to do."""
    missing = [name for name in programs if shutil.which(name) is None]
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        install = ["apt-get", "-o", "DPkg::Lock::Timeout=120", "install", "-y", "--no-install-recommends", *missing]
        subprocess.run(install, check=False, stdout=subprocess.DEVNULL)
        missing = [name for name in programs if shutil.which(name) is None]
    if missing:
        raise SystemExit(f"this bench needs {' and '.join(missing)}: apt-get install {' '.join(missing)}")


def make_token(folder: Path) -> str:
    """A new key in the folder, and an access token signed with it."""
    private = Ed25519PrivateKey.generate()
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "key.pem").write_bytes(pem)
    now = clock.system_now()
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "bench",
        "exp": now + timedelta(hours=1),
        "iat": now,
        "role": "county",
        "region": "530326",
        "sid": secrets.token_hex(8),
        "jti": secrets.token_hex(8),
        "scope": "registry:read",
    }
    return jwt.encode(claims, private, algorithm=ALGORITHM, headers={"kid": "bench"})


def compare(workers: int, backend_port: int, token: str, folder: Path, seconds: float) -> dict[str, dict[str, float]]:
    """Both doors with this many processes, side by side before the same backend; only one is under load at a time."""
    door_port, nginx_port = free_port(), free_port()
    conf = folder / f"nginx-{workers}.conf"
    conf.write_text(
        NGINX_CONF.format(workers=workers, folder=folder, host=_HOST, backend=backend_port, port=nginx_port)
    )
    door = [*_SELF, "door", str(door_port), str(backend_port), str(folder / "key.pem")]
    with running([door] * workers, door_port, token), running([["nginx", "-c", str(conf)]], nginx_port, token):
        for port in (door_port, nginx_port):
            load(port, token, 1)
        return harness.alternate(
            ROUNDS,
            {
                "direct": lambda: load(backend_port, token, seconds),
                "gateway": lambda: load(door_port, token, seconds),
                "nginx": lambda: load(nginx_port, token, seconds),
            },
        )


_SELF = [sys.executable, "-m", "bench.gateway"]


def main() -> None:
    need("wrk", "nginx")
    size = harness.size()
    seconds = SECONDS * size
    with tempfile.TemporaryDirectory(prefix="bangfu-bench-") as name:
        folder = Path(name)
        token = make_token(folder)
        backend_port = free_port()
        with running([[*_SELF, "backend", str(backend_port)]], backend_port, token):
            found = {workers: compare(workers, backend_port, token, folder, seconds) for workers in (1, 2)}
    rows = [
        (side, workers if side != "direct" else "-", taken["rate"], taken["p50"], taken["p99"])
        for workers, sides in found.items()
        for side, taken in sides.items()
    ]
    ratios = {workers: sides["gateway"]["rate"] / sides["nginx"]["rate"] for workers, sides in found.items()}
    result = harness.Result(
        bench="gateway",
        size=size,
        figures={f"rate_{workers}": round(sides["gateway"]["rate"]) for workers, sides in found.items()},
        comparator={f"nginx_rate_{workers}": round(sides["nginx"]["rate"]) for workers, sides in found.items()},
        ratio=min(ratios.values()),
        goal=GOAL,
        notes=[f"Ratio with {workers} process{'es' * (workers > 1)}: {ratio:.2f}" for workers, ratio in ratios.items()],
    )
    harness.report(result, ["side", "processes", "requests/s", "p50 ms", "p99 ms"], rows)


if __name__ == "__main__":
    match sys.argv[1:]:
        case []:
            main()
        case ["backend", port]:
            serve_backend(int(port))
        case ["door", port, backend_port, key]:
            serve_door(int(port), int(backend_port), Path(key))
        case other:
            raise SystemExit(f"unknown arguments: {other}")
