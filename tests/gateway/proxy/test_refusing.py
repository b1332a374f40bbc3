"""What the door does not pass on: ambiguous targets, smuggled requests, identity that it did not check."""

import json
import socket

import pytest

from gateway.proxy.errors import AmbiguousTarget
from gateway.proxy.paths import check_target, route
from shared.errors import NotFound
from tests.gateway.proxy.conftest import Door, OpenDoor
from tests.gateway.proxy.servers import HOST, raw, scripted

AMBIGUOUS = [
    "//evil.example/x",
    "//registry/v1/x",
    "/registry//v1/x",
    "/registry/v1/../internal/x",
    "/registry/v1/..",
    "/registry/v1/./x",
    "/registry/v1/%2e%2e/internal/x",
    "/registry/v1/%2E./x",
    "/registry/v1/.%2e/x",
    "/registry/v1/a%2fb",
    "/registry/v1/a%2Fb",
    "/registry/v1/a%5cb",
    "/registry/v1/a\\b",
    "/registry/v1/a;b",
    "/registry;x/v1/a",
    "/registry/v1/a%3bb",
    "/registry/v1/%252e%252e/x",
    "/registry/v1/a%25b",
    "/registry/v1/a%00b",
    "/registry/v1/a%0d%0aX-User:1",
    "/registry/v1/a%1fb",
    "/registry/v1/a%7fb",
    "/registry/v1/%c0%af",
    "/registry/v1/%ff",
    "/registry/v1/%",
    "/registry/v1/%4",
    "/registry/v1/%zz",
    "/registry/v1/x#fragment",
    "/registry/v1/<x>",
    '/registry/v1/"x"',
    "http://evil.example/registry/v1/x",
    "http://evil.example//registry/v1/x",
    "*",
]
REFUSED_BY_THE_PARSER = [
    "/registry/v1/a b",
    "/registry/v1/a\tb",
    "/registry/v1/a\x01b",
    "/registry/v1/a\x7fb",
    "/registry/v1/é",
    "/registry/v1/x?q=é",
    "evil.example:443",
]
UNROUTED = ["/", "/registry", "/registry/v1", "/registry/internal/persons/batch", "/registry/V1/x", "/Registry/v1/x",
            "/registry/%76%31/x", "/unknown/v1/x", "/registry/v2/x", "/registry/v1internal/x"]  # fmt: skip


@pytest.mark.parametrize("target", AMBIGUOUS)
def test_ambiguous_targets(a_door: Door, target: str) -> None:
    received = raw(a_door.port, f"GET {target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode())
    assert received.startswith(b"HTTP/1.1 400 ")
    assert json.loads(received.partition(b"\r\n\r\n")[2])["type"].endswith("/ambiguous-target")


@pytest.mark.parametrize("target", REFUSED_BY_THE_PARSER)
def test_targets_that_are_not_http(a_door: Door, target: str) -> None:
    received = raw(a_door.port, f"GET {target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode())
    assert received.startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize("query", [b"a=\x00", b"a=\xff", b"a=b c", b"a#b", b"a\r\nX-User: 1"])
def test_queries_that_would_break_the_request_line(query: bytes) -> None:
    with pytest.raises(AmbiguousTarget):
        check_target(b"/registry/v1/x", query)


@pytest.mark.parametrize("path", UNROUTED)
def test_what_is_not_routed(a_door: Door, path: str) -> None:
    response, body = a_door.ask("GET", path)
    assert (response.status, response.headers["content-type"]) == (404, "application/problem+json")
    assert json.loads(body)["status"] == 404


def test_a_name_that_is_not_a_service_never_becomes_a_host() -> None:
    with pytest.raises(NotFound):
        route(b"/evil.example/v1/x", {b"registry": 1})
    assert route(b"/registry/v1/x", {b"registry": 1}) == 1


def test_a_redirect_is_handed_to_the_client_not_followed(open_door: OpenDoor) -> None:
    def answer(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: http://evil.example/\r\nContent-Length: 0\r\n\r\n")

    with scripted(answer) as port:
        response, _ = open_door({"jobs": f"http://{HOST}:{port}"}).ask("GET", "/jobs/v1/x")
    assert (response.status, response.headers["location"]) == (302, "http://evil.example/")


SMUGGLED = b"GET /registry/v1/smuggled HTTP/1.1\r\nHost: a\r\n\r\n"
START = b"POST /registry/v1/echo HTTP/1.1\r\nHost: a\r\n"


@pytest.mark.parametrize(
    "request_bytes",
    [
        START + b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
        START + b"Transfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n0\r\n\r\n" + SMUGGLED,
        START + b"Content-Length: 0\r\nContent-Length: 49\r\n\r\n" + SMUGGLED,
        START + b"Content-Length: +0\r\n\r\n" + SMUGGLED,
        START + b"Content-Length: 0x0\r\n\r\n" + SMUGGLED,
        START + b"Content-Length: 0,0\r\n\r\n" + SMUGGLED,
        START + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
        START + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" + SMUGGLED,
        START + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
        START + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n" + SMUGGLED,
        START + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
        START + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n" + SMUGGLED,
        START + b"X: a\nb\r\nContent-Length: 0\r\n\r\n" + SMUGGLED,
        START + b"X: a\rContent-Length: 49\r\n\r\n" + SMUGGLED,
        START + b"X: a\x00b\r\nContent-Length: 0\r\n\r\n" + SMUGGLED,
        START + b"Host: b\r\nContent-Length: 0\r\n\r\n" + SMUGGLED,
        START + b"Authorization: Bearer good\r\nAuthorization: Bearer good2\r\nContent-Length: 0\r\n\r\n" + SMUGGLED,
        START + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: x\r\n\r\n" + SMUGGLED,
        START + b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n\r\n" + SMUGGLED,
    ],
)
def test_smuggling_forms(a_door: Door, request_bytes: bytes) -> None:
    received = raw(a_door.port, request_bytes, timeout=1.5)
    assert b"smuggled" not in received
    assert not received.startswith(b"HTTP/1.1 2")
    assert a_door.ask("GET", "/registry/v1/echo")[0].status == 200


def test_a_bad_token_is_refused_and_a_missing_one_passes(a_door: Door) -> None:
    response, body = a_door.ask("GET", "/registry/v1/echo", Authorization="Bearer bad")
    assert (response.status, response.headers["www-authenticate"]) == (401, 'Bearer realm="bangfu"')
    assert json.loads(body)["title"] == "未登录或令牌无效"
    assert a_door.ask("GET", "/registry/v1/echo")[0].status == 200
    _, body = a_door.ask("GET", "/registry/v1/echo", Authorization="Bearer good")
    assert ["authorization", "Bearer good"] in json.loads(body)["headers"]


@pytest.mark.parametrize(
    ("accepted", "title"),
    [
        ("", "请求地址有歧义"),
        ("en-GB,zh;q=0.5", "The request target is ambiguous"),
        ("en;q=0.4,zh-CN", "请求地址有歧义"),
    ],
)
def test_problems_speak_the_clients_language(a_door: Door, accepted: str, title: str) -> None:
    response, body = a_door.ask("GET", "/registry/v1/..", Accept_Language=accepted)
    assert json.loads(body)["title"] == title
    assert response.headers["x-request-id"]
