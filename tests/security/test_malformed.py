"""What does not hold is refused by a problem document, never by a fault, and does no harm to who comes next.

The bodies are made from each operation's own schema, so that a fault lies alone in a body that is otherwise right and
reaches as far as it can.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from shared.errors import MEDIA_TYPE
from tests.factories import registry as make
from tests.fixtures.platform import Platform
from tests.security import declared, schemas
from tests.security.asgi import Reply, ask
from tests.security.declared import Operation
from tests.security.test_matrix import KINDS, SCOPES, Tokens

pytestmark = [
    pytest.mark.anyio,
    # The parser of multipart bodies leaves the spool file of a broken part to the garbage collector.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning"),
]

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"

NOT_JSON = (
    b"{", b"}", b"'", b"{]", b'{"a":}', b"\xff\xfe", b"\xef\xbb\xbf{}", b"NaN", b"Infinity", b"undefined", b"{}{}",
    b'{"a": 1', b'"\\u12"', b"\x00", "{“a”: 1}".encode(), b"[" * 100_000, b'{"a":' * 50_000,
)  # fmt: skip
NOT_AN_OBJECT = (b"[]", b'"text"', b"1", b"null", b"true", b"1e309", b"-0", b"[[[[]]]]", b"[{}]")
FAULTS: list[Any] = [
    "a\x00b", "\ud800", "x" * 5_000, "'; DROP TABLE outbox; --", "", 10**40, -1, 2**63, float("inf"), None,
    [], {"$ne": None}, [[]], "1e309", "0001-01-01",
]  # fmt: skip
NOT_MULTIPART = (
    (b"", MULTIPART),
    (b"x", f"{MULTIPART}; boundary="),
    (b"--a\r\n", f"{MULTIPART}; boundary=a"),
    (b"--a\r\nContent-Disposition: form-data\r\n\r\nx\r\n--a--\r\n", f"{MULTIPART}; boundary=a"),
    (b'--a\r\nContent-Disposition: form-data; name="file"\r\n\r\nx\r\n--a--\r\n', f"{MULTIPART}; boundary=a"),
    (b'--a\r\nContent-Disposition: form-data; name="file"; filename="\x00"\r\n\r\n\xff', f"{MULTIPART}; boundary=a"),
)
FILES = (b"", b"\x00", b"PK\x03\x04", b"PK\x03\x04" + b"\xff" * 200, "姓名,证件号码\n".encode("gb18030"), b"\x89PNG")
IN_A_PATH = ("%00", "%ff", "..%2f..", "%ED%A0%80", "9" * 400, "%27%3B--", "%E2%80%AE", "none")
HEADERS = {"if_match": '"1"', "x_acting_for": "somebody"}


class Asker:
    """Asks one service as somebody whom each operation lets through."""

    def __init__(self, services: Platform, service: str) -> None:
        self.app = declared.under_test(services, service).app
        self.operations = declared.operations(service, self.app)
        self.components: dict[str, Any] = self.app.openapi()["components"]["schemas"]
        self._signed, self._keys, self.asked = Tokens(), 0, 0

    async def __call__(self, operation: Operation, path: str, body: bytes = b"", media_type: str = JSON) -> Reply:
        self._keys += 1
        self.asked += 1
        key = f"malformed-{self._keys}"
        token = None if operation.public else self._token(operation)
        return await ask(self.app, operation.method, path, token, body, media_type, idempotency_key=key, **HEADERS)

    def _token(self, operation: Operation) -> str:
        allowed = [kind for kind in KINDS if declared.may(operation.rule, *kind, SCOPES)]
        return self._signed.of(allowed[-1], SCOPES)


def _wrong(reply: Reply, *, refused: bool) -> bool:
    """A fault of ours; an error that is no problem document; or consent to what cannot be meant."""
    if reply.status >= 500 or (reply.status >= 400 and reply.media_type != MEDIA_TYPE):
        return True
    return refused and reply.status < 400


@pytest.fixture
async def asker(services: Platform, service: str) -> Asker:
    await make.divisions(services.service("registry").runtime.database)
    return Asker(services, service)


@pytest.mark.parametrize("service", declared.APPLICATIONS)
async def test_bodies_that_are_not_what_they_say_are_refused(asker: Asker) -> None:
    wrong = []
    for operation in asker.operations:
        if operation.body is None:
            continue
        for body, media_type in _broken(operation):
            reply = await asker(operation, operation.filled(), body, media_type)
            if _wrong(reply, refused=bool(operation.body.get("required"))):
                wrong.append(f"{operation} {media_type} {body[:40]!r}: {reply.status} {reply.media_type}")
    assert not wrong, "\n".join(wrong)
    await _still_answers(asker)


def _broken(operation: Operation) -> Iterator[tuple[bytes, str]]:
    if JSON in operation.media_types:
        yield from ((body, JSON) for body in (*NOT_JSON, *NOT_AN_OBJECT))
        yield from ((b'{"a": 1}', other) for other in ("text/plain", "application/xml", FORM, "x", "", ";;"))
    else:
        yield from ((b"{}", JSON), (b"x", "text/plain"), (b"\xff=%zz&&=", FORM), *NOT_MULTIPART)


@pytest.mark.parametrize("service", declared.APPLICATIONS)
async def test_each_value_alone_is_wrong(asker: Asker) -> None:
    wrong = []
    for operation in asker.operations:
        if JSON not in operation.media_types:
            continue
        assert operation.body is not None
        good = schemas.sample(operation.body["content"][JSON]["schema"], asker.components)
        for pointer, body in schemas.with_faults(good, FAULTS):
            reply = await asker(operation, operation.filled(), json.dumps(body).encode())
            if _wrong(reply, refused=False):
                wrong.append(f"{operation} {pointer}: {json.dumps(body)[:200]}: {reply.status} {reply.body!r}")
    assert not wrong, "\n".join([f"{len(wrong)} of {asker.asked}", *wrong[:20]])
    await _still_answers(asker)


@pytest.mark.parametrize("service", declared.APPLICATIONS)
async def test_what_is_not_asked_for_is_refused(asker: Asker) -> None:
    """A field that nobody reads is a misunderstanding: it is named, not passed over."""
    wrong = []
    for operation in asker.operations:
        if JSON not in operation.media_types:
            continue
        assert operation.body is not None
        good = schemas.sample(operation.body["content"][JSON]["schema"], asker.components)
        if not isinstance(good, dict):
            continue
        reply = await asker(operation, operation.filled(), json.dumps(good | {"is_admin": True}).encode())
        if reply.status != 422 or b"/is_admin" not in reply.body:
            wrong.append(f"{operation}: {reply.status} {reply.body[:300].decode()}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("service", declared.APPLICATIONS)
async def test_files_that_are_not_files(asker: Asker) -> None:
    wrong = []
    for operation in asker.operations:
        if MULTIPART not in operation.media_types:
            continue
        assert operation.body is not None
        fields = asker.components[operation.body["content"][MULTIPART]["schema"]["$ref"].rsplit("/", 1)[1]]
        for content in FILES:
            reply = await asker(operation, operation.filled(), *_multipart(fields["properties"], content))
            if _wrong(reply, refused=False):
                wrong.append(f"{operation} {content!r}: {reply.status} {reply.body!r}")
    assert not wrong, "\n".join(wrong)


def _multipart(fields: dict[str, Any], content: bytes) -> tuple[bytes, str]:
    parts = []
    for name, schema in fields.items():
        is_file = schema.get("format") == "binary" or "contentMediaType" in schema
        disposition = f'Content-Disposition: form-data; name="{name}"' + ('; filename="a.xlsx"' if is_file else "")
        value = content if is_file else str(schemas.sample(schema, {})).encode()
        parts.append(b"--b\r\n" + disposition.encode() + b"\r\n\r\n" + value + b"\r\n")
    return b"".join(parts) + b"--b--\r\n", f"{MULTIPART}; boundary=b"


@pytest.mark.parametrize("service", declared.APPLICATIONS)
async def test_paths_and_queries_that_mean_nothing(asker: Asker) -> None:
    wrong = []
    for operation in asker.operations:
        queries = [each["name"] for each in operation.parameters if each["in"] == "query"]
        for value in IN_A_PATH:
            paths = [operation.filled(**{name: value}) for name in operation.path_names]
            paths += [f"{operation.filled()}?{name}={value}" for name in [*queries, "unknown_filter"]]
            for path in paths:
                reply = await asker(operation, path)
                if _wrong(reply, refused=False):
                    wrong.append(f"{operation.method} {path}: {reply.status} {reply.media_type} {reply.body[:200]!r}")
    assert not wrong, "\n".join(wrong[:30])
    await _still_answers(asker)


async def _still_answers(asker: Asker) -> None:
    """More good requests, one after another, than the pool has connections: none was lost."""
    for _ in range(6):
        assert (await ask(asker.app, "GET", "/health/ready")).status == 200
