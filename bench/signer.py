"""Stands where the gateway stands for a service under measurement: signs access tokens and publishes its key."""

import json
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.algorithms import OKPAlgorithm

from bench.processes import HOST
from shared import clock
from shared.auth import ALGORITHM, AUDIENCE, ISSUER
from shared.regions import level

_KID = "bench"


class Signer:
    """One key of this run. `url` is what a service takes for the gateway's address."""

    def __init__(self) -> None:
        self._key = Ed25519PrivateKey.generate()
        self.url = ""

    def officer(self, region: str, scope: str = "registry:read") -> str:
        """An access token of an information officer or of an officer above, for the length of a bench."""
        now = clock.system_now()
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "iat": now,
            "exp": now + timedelta(hours=1),
            "sub": "bench",
            "sid": secrets.token_hex(8),
            "jti": secrets.token_hex(8),
            "role": level(region).value,
            "region": region,
            "department": "hrss",
            "duties": ["registrar"],
            "scope": scope,
        }
        return jwt.encode(claims, self._key, algorithm=ALGORITHM, headers={"kid": _KID})

    def documents(self) -> dict[str, bytes]:
        key = OKPAlgorithm.to_jwk(self._key.public_key(), as_dict=True) | {"kid": _KID, "alg": ALGORITHM, "use": "sig"}
        return {
            "/.well-known/jwks.json": json.dumps({"keys": [key]}).encode(),
            "/oauth/revocations": json.dumps({"sids": []}).encode(),
        }


@contextmanager
def signer() -> Iterator[Signer]:
    """A signer whose key can be asked for until the block ends."""
    made = Signer()
    documents = made.documents()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = documents.get(self.path)
            self.send_response(404 if body is None else 200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_: object) -> None:
            """The bench's table is all that is printed."""

    with ThreadingHTTPServer((HOST, 0), Handler) as server:
        made.url = f"http://{HOST}:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield made
        server.shutdown()
