"""The door beside nginx: an authenticated GET to the same backend, 16 connections, the same number of processes.

The door verifies the token (EdDSA, remembered by its hash), counts the request against its rate, and judges path and
headers; nginx only passes on (`proxy_pass`, keep-alive upstream). Load comes from `wrk`, in alternating rounds.
"""

import secrets
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path

import jwt
import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from fastapi import FastAPI, Response

from bench import harness, processes, wrk
from bench.processes import HOST, free_port
from gateway.proxy.app import Proxy
from gateway.proxy.identity import token_check
from gateway.proxy.limits import Limits, Rate
from gateway.proxy.server import UVICORN
from shared import clock
from shared.auth import ALGORITHM, AUDIENCE, ISSUER, TokenVerifier, Trust

SECONDS = 2.0
ROUNDS = 5
GOAL = 0.8
TARGET = "/registry/v1/persons/0192f0c1-0000-7000-8000-000000000001"

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
    processes.serve(uvicorn.Config(backend, loop="uvloop", http="httptools", access_log=False, log_level="error"), port)


def serve_door(port: int, backend_port: int, key_file: Path) -> None:
    """One gateway process. The rate is counted, and too high to be met."""
    private = load_pem_private_key(key_file.read_bytes(), password=None)
    assert isinstance(private, Ed25519PrivateKey)
    verifier = TokenVerifier(Trust({"bench": private.public_key()}, always_fresh=True))
    rate = Rate("subject", per_second=1e6, burst=1_000_000)
    door = Proxy({"registry": f"http://{HOST}:{backend_port}"}, token_check(verifier), Limits(rates=(rate, rate)))
    processes.serve(uvicorn.Config(door, **UVICORN, log_level="error"), port)


def running(
    commands: Sequence[Sequence[str]], port: int, token: str
) -> AbstractContextManager[list[subprocess.Popen[bytes]]]:
    return processes.running(commands, lambda: processes.get(port, TARGET, token) is not None)


def load(port: int, token: str, seconds: float) -> dict[str, float]:
    return wrk.load(f"http://{HOST}:{port}{TARGET}", seconds, {"Authorization": f"Bearer {token}"})


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
    conf.write_text(NGINX_CONF.format(workers=workers, folder=folder, host=HOST, backend=backend_port, port=nginx_port))
    door = [*_SELF, "door", str(door_port), str(backend_port), str(folder / "key.pem")]
    nginx = ["nginx", "-c", str(conf)]
    with running([door] * workers, door_port, token), running([nginx], nginx_port, token):
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
    wrk.need("wrk", "nginx")
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
        ratio=ratios[1],
        goal=GOAL,
        notes=[
            f"One process a side, as the platform starts it: {ratios[1]:.2f}.",
            f"Two processes a side: {ratios[2]:.2f}. With the backend and wrk these are four busy programs; on two "
            "cores the door pays for its greater use of CPU.",
        ],
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
