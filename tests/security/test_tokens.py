"""Every way to come with a wrong token: refused by the verifier, by each service itself, and by the door."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from importlib.util import find_spec
from typing import Any

import httpx2
import pytest
import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from gateway.door import Door, limits
from gateway.proxy.app import Proxy
from gateway.proxy.identity import token_check
from shared.auth import TokenVerifier, Trust
from shared.errors import Unauthenticated, Unavailable
from shared.settings import SERVICES
from tests.fixtures import tokens
from tests.fixtures.platform import Platform, ServiceUnderTest

pytestmark = pytest.mark.anyio

PUBLIC = tokens.KEY.public_key()
THEIRS = Ed25519PrivateKey.generate()
PRESENT = [name for name in SERVICES if find_spec(f"services.{name}.app")]
OFFICER = {"role": "county", "region": "532504", "department": "hrss", "duties": ["registrar"]}


def good(**changes: Any) -> dict[str, Any]:
    return tokens.claims(**OFFICER | changes)


def part(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def by_hand(header: Any, claims: Any, sign: Callable[[bytes], bytes] = tokens.KEY.sign) -> str:
    """A token put together without a library, which would refuse to."""
    signed = f"{part(header)}.{part(claims)}"
    return f"{signed}.{base64.urlsafe_b64encode(sign(signed.encode())).decode().rstrip('=')}"


def header(**changes: Any) -> dict[str, Any]:
    return {"alg": "EdDSA", "typ": "JWT", "kid": tokens.KID} | changes


def hs256_with(key: bytes) -> str:
    return by_hand(header(alg="HS256"), good(), lambda text: hmac.digest(key, text, hashlib.sha256))


def without(name: str) -> str:
    return tokens.sign({key: value for key, value in good().items() if key != name})


def spoilt() -> str:
    head, body, signature = tokens.sign(good()).split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    return f"{head}.{part(claims | {'region': '53', 'role': 'province'})}.{signature}"


def duplicated() -> str:
    """Two regions: whoever reads the first sees a village, whoever reads the last a province."""
    claims = json.dumps(good())
    return by_hand(header(), f'{claims[:-1]}, "region": "53", "role": "province"}}')


NOW = int(time.time())
SPKI = PUBLIC.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
JWK = {"kty": "OKP", "crv": "Ed25519", "x": part("x")}

WRONG: dict[str, Callable[[], str]] = {
    "expired": lambda: tokens.sign(good(iat=NOW - 900, exp=NOW - 1)),
    "not yet valid": lambda: tokens.sign(good(nbf=NOW + 600)),
    "signed by another": lambda: tokens.sign(good(), key=THEIRS),
    "for another audience": lambda: tokens.sign(good(aud="elsewhere")),
    "from another issuer": lambda: tokens.sign(good(iss="elsewhere")),
    "alg none": lambda: by_hand(header(alg="none"), good(), lambda _: b""),
    "alg None, signed": lambda: by_hand(header(alg="None"), good()),
    "HS256 with the public key": lambda: hs256_with(PUBLIC.public_bytes_raw()),
    "HS256 with the public key in PEM": lambda: hs256_with(SPKI),
    "RS256 by name": lambda: by_hand(header(alg="RS256"), good()),
    "claims changed": spoilt,
    "a claim twice": duplicated,
    "a kid nobody has": lambda: tokens.sign(good(), kid="unknown"),
    "a kid that is a path": lambda: tokens.sign(good(), kid="../../../dev/null"),
    "a kid that is a number": lambda: by_hand(header(kid=1), good()),
    "no kid": lambda: by_hand({"alg": "EdDSA"}, good()),
    "a key in the header": lambda: by_hand(header(kid="own", jwk=JWK), good(), THEIRS.sign),
    "a key address in the header": lambda: by_hand(header(kid="own", jku="http://evil/jwks.json"), good(), THEIRS.sign),
    "critical extension": lambda: by_hand(header(crit=["b64"], b64=False), good()),
    **{f"without {name}": partial(without, name) for name in ("exp", "iss", "aud", "sub", "sid", "role")},
    "a role above its region": lambda: tokens.sign(good(role="province")),
    "an unknown role": lambda: tokens.sign(good(role="emperor")),
    "an officer without region": lambda: without("region"),
    "a region of no level": lambda: tokens.sign(good(region="53250")),
    "a region with a wildcard": lambda: tokens.sign(good(region="5325__")),
    "an officer with an organisation": lambda: tokens.sign(good(org="01981f6e-7c00-7000-8000-000000000001")),
    "an organisation without one": lambda: tokens.sign(tokens.claims(role="organisation")),
    "claims that are a list": lambda: by_hand(header(), []),
    "no token": lambda: "x",
    "three dots": lambda: "...",
}

wrong_tokens = pytest.mark.parametrize("make", WRONG.values(), ids=WRONG.keys())
services_present = pytest.mark.parametrize("name", PRESENT)


@wrong_tokens
def test_the_verifier_refuses(make: Callable[[], str]) -> None:
    with pytest.raises(Unauthenticated):
        TokenVerifier(tokens.trust()).verify(make())


def test_the_verifier_takes_the_right_one() -> None:
    caller = TokenVerifier(tokens.trust()).verify(tokens.sign(good()))
    assert (caller.role, caller.region) == ("county", "532504")


def test_a_key_does_not_verify_under_anothers_name() -> None:
    """Two keys are trusted; a token of the one that names the other is refused."""
    trust = Trust({"a": PUBLIC, "b": THEIRS.public_key()}, always_fresh=True)
    TokenVerifier(trust).verify(tokens.sign(good(), kid="a"))
    TokenVerifier(trust).verify(tokens.sign(good(), key=THEIRS, kid="b"))
    for key, kid in ((tokens.KEY, "b"), (THEIRS, "a")):
        with pytest.raises(Unauthenticated):
            TokenVerifier(trust).verify(tokens.sign(good(), key=key, kid=kid))


def test_what_is_remembered_still_expires_and_is_still_revoked() -> None:
    verifier = TokenVerifier(tokens.trust())
    short, claims = tokens.sign(good(exp=int(time.time()) + 1)), good()
    verifier.verify(short)
    verifier.verify(tokens.sign(claims))
    time.sleep(1.1)
    with pytest.raises(Unauthenticated):
        verifier.verify(short)
    verifier.trust._revoked = frozenset({claims["sid"]})
    with pytest.raises(Unauthenticated):
        verifier.verify(tokens.sign(claims))


def test_who_cannot_tell_refuses_with_503() -> None:
    trust = Trust({tokens.KID: PUBLIC})
    trust._refreshed -= 61
    with pytest.raises(Unavailable):
        TokenVerifier(trust).verify(tokens.sign(good()))


def some_path(service: ServiceUnderTest) -> str:
    """A list or read operation of the service, from its own document."""
    paths: dict[str, Any] = service.app.openapi()["paths"]
    return next(
        path.replace("{", "x").replace("}", "x")
        for path, operations in paths.items()
        if "get" in operations and not operations["get"]["x-permission"].get("public") and "/internal/" not in path
    )


@services_present
async def test_each_service_refuses_them_itself(name: str, services: Platform) -> None:
    service = services.service(name)
    path = some_path(service)
    async with service.client(tokens.sign(good())) as http:
        assert (await http.get(path)).status_code != 401
    for what, make in WRONG.items():
        async with service.client(make()) as http:
            answer = await http.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json"), what
        assert "Bearer" in answer.headers["www-authenticate"]


class Behind:
    """What stands behind the door in this test; it counts who came through."""

    def __init__(self) -> None:
        self.came = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.came += 1
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})


@asynccontextmanager
async def through_the_door(gateway: ServiceUnderTest, behind: Any) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of the door, trusting the test's keys, with one application behind all services' names."""
    server = uvicorn.Server(uvicorn.Config(behind, port=0, log_level="error", lifespan="off"))
    config = server.config
    config.load()
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    port = server.servers[0].sockets[0].getsockname()[1]
    proxy = Proxy(
        dict.fromkeys(SERVICES, f"http://127.0.0.1:{port}"),
        token_check(TokenVerifier(tokens.trust())),
        limits(gateway.runtime.settings),
    )
    try:
        async with proxy:
            transport = httpx2.ASGITransport(app=Door(gateway.app, proxy))
            async with httpx2.AsyncClient(transport=transport, base_url="http://door") as http:
                yield http
    finally:
        await server.shutdown()


@services_present
async def test_the_door_lets_none_of_them_through(name: str, gateway: ServiceUnderTest) -> None:
    behind = Behind()
    async with through_the_door(gateway, behind) as http:
        right = {"Authorization": f"Bearer {tokens.sign(good())}"}
        assert (await http.get(f"/{name}/v1/anything", headers=right)).status_code == 204
        assert behind.came == 1
        for what, make in WRONG.items():
            answer = await http.get(f"/{name}/v1/anything", headers={"Authorization": f"Bearer {make()}"})
            assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json"), what
        two = [("Authorization", f"Bearer {tokens.sign(good())}"), ("Authorization", "Bearer x")]
        assert (await http.get(f"/{name}/v1/anything", headers=two)).status_code == 400
    assert behind.came == 1


async def test_the_gateways_own_paths_refuse_them_too(gateway: ServiceUnderTest) -> None:
    for what, make in WRONG.items():
        async with gateway.client(make()) as http:
            assert (await http.get("/gateway/v1/users")).status_code == 401, what
