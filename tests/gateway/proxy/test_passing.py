"""What goes through the door arrives as it was sent, in both directions, while it is being sent."""

import hashlib
import json
import re
import socket
import time
from collections.abc import Iterator
from http.client import HTTPConnection

import pytest

from tests.gateway.proxy.conftest import Door, OpenDoor
from tests.gateway.proxy.servers import HOST, raw, read_head, scripted
from tests.gateway.proxy.service import GZIPPED

P = "/registry/v1/echo"


def test_path_and_query_pass_unchanged(a_door: Door) -> None:
    target = "/registry/v1/echo/%E5%B8%AE%41~a+b,c=d@e:f"
    _, body = a_door.ask("GET", target + "?q=%2e%2e%2F&a=1&a=2&b=%E6%89%B6;c[]=%25")
    seen = json.loads(body)
    assert seen["path"] == target
    assert seen["query"] == "q=%2e%2e%2F&a=1&a=2&b=%E6%89%B6;c[]=%25"


def test_hop_by_hop_and_identity_headers_stay_outside(a_door: Door) -> None:
    request = (
        b"GET /registry/v1/echo HTTP/1.1\r\nHost: evil.example\r\nConnection: keep-alive, X-Hop, close\r\nX-Hop: 1\r\n"
        b"Keep-Alive: 5\r\nTE: trailers\r\nProxy-Authorization: x\r\nX-Bangfu-Region: 53\r\nX-User-Id: 1\r\n"
        b"X-User: 1\r\nX_User: 1\r\nForwarded: for=1.1.1.1\r\nX-Forwarded-For: 1.1.1.1\r\nX-Forwarded-Host: evil\r\n"
        b"X-Real-IP: 1.1.1.1\r\nAccept: a/b\r\nX-Kept: 1\r\nX-Kept: 2\r\nX-Request-Id: client-chosen-1\r\n\r\n"
    )
    seen = json.loads(raw(a_door.port, request).partition(b"\r\n\r\n")[2])
    assert sorted(map(tuple, seen["headers"])) == [
        ("accept", "a/b"),
        ("host", f"{HOST}:{a_door.upstream_port}"),
        ("x-forwarded-for", HOST),
        ("x-kept", "1"),
        ("x-kept", "2"),
        ("x-request-id", "client-chosen-1"),
    ]


def test_header_bytes_pass_unchanged(a_door: Door) -> None:
    request = b"GET /registry/v1/echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-Raw: \xe5\xb8\xae \xff\r\n\r\n"
    seen = json.loads(raw(a_door.port, request).partition(b"\r\n\r\n")[2])
    assert ["x-raw", b"\xe5\xb8\xae \xff".decode("latin-1")] in seen["headers"]


def test_answers_keep_repeated_headers_and_lose_hop_by_hop_ones(a_door: Door) -> None:
    response, body = a_door.ask("GET", "/registry/v1/repeated")
    assert body == b"ok"
    assert response.headers.get_all("set-cookie") == ["a=1", "b=2"]
    assert response.headers["content-length"] == "2"
    assert len(response.headers.get_all("date") or []) == 1
    for name in ("x-internal", "connection", "keep-alive", "server", "transfer-encoding"):
        assert name not in response.headers


def test_a_compressed_answer_is_not_touched(a_door: Door) -> None:
    response, body = a_door.ask("GET", "/registry/v1/zipped", Accept_Encoding="gzip")
    assert (response.headers["content-encoding"], body) == ("gzip", GZIPPED)


def test_the_first_byte_comes_before_the_last_is_sent(open_door: OpenDoor) -> None:
    connection = HTTPConnection(HOST, open_door(idle=5).port, timeout=10)
    started = time.monotonic()
    connection.request("GET", "/registry/v1/slowly")
    response = connection.getresponse()
    assert response.read(5) == b"first"
    assert time.monotonic() - started < 0.9
    assert response.read() == b"last"
    assert time.monotonic() - started >= 1
    connection.close()


def test_an_upload_reaches_the_service_while_it_is_being_sent(open_door: OpenDoor) -> None:
    got: list[bytes] = []

    def answer(connection: socket.socket) -> None:
        data = read_head(connection)
        while b"early" not in data:
            data += connection.recv(65536)
        got.append(data)
        while not data.endswith(b"0\r\n\r\n"):
            data += connection.recv(65536)
        got.append(data)
        connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    with scripted(answer) as port:
        proxy_door = open_door({"jobs": f"http://{HOST}:{port}"}, idle=5)
        with socket.create_connection((HOST, proxy_door.port), timeout=5) as client:
            client.sendall(b"POST /jobs/v1/x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nearly\r\n")
            deadline = time.monotonic() + 5
            while not got and time.monotonic() < deadline:
                time.sleep(0.01)
            assert got, "nothing arrived before the body was complete"
            client.sendall(b"4\r\nlate\r\n0\r\n\r\n")
            assert client.recv(1000).startswith(b"HTTP/1.1 204 ")
    assert b"late" in got[1]
    assert got[1].lower().count(b"transfer-encoding: chunked") == 1


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("size", [0, 1, 99_999, 5_000_000])
def test_bodies_of_any_size_arrive_whole(a_door: Door, size: int, chunked: bool) -> None:
    body = bytes(range(256)) * (size // 256) + b"x" * (size % 256)

    def parts() -> Iterator[bytes]:
        for start in range(0, len(body), 70_000):
            yield body[start : start + 70_000]

    extra = {"Transfer_Encoding": "chunked"} if chunked else {}
    _, answer = a_door.ask("POST", "/registry/v1/imports/echo", parts() if chunked else body, **extra)
    seen = json.loads(answer)
    assert (seen["length"], seen["sha256"]) == (size, hashlib.sha256(body).hexdigest())
    assert a_door.leased == 0


def test_head_and_304_have_no_body(a_door: Door) -> None:
    response, body = a_door.ask("HEAD", "/registry/v1/zipped")
    assert (response.status, body, response.headers["content-length"]) == (200, b"", str(len(GZIPPED)))
    response, body = a_door.ask("GET", "/registry/v1/unchanged")
    assert (response.status, body, response.headers["etag"]) == (304, b"", '"1"')


def test_a_304_that_states_the_length_of_what_it_leaves_out(open_door: OpenDoor) -> None:
    def answer(connection: socket.socket) -> None:
        while read_head(connection):
            connection.sendall(b"HTTP/1.1 304 Not Modified\r\nContent-Length: 77\r\nETag: x\r\n\r\n")

    with scripted(answer) as port:
        response, _ = open_door({"jobs": f"http://{HOST}:{port}"}).ask("GET", "/jobs/v1/x")
        assert (response.status, response.headers["content-length"]) == (304, None)


def test_request_ids_are_made_and_only_well_formed_ones_kept(a_door: Door) -> None:
    response, body = a_door.ask("GET", P)
    made = response.headers["x-request-id"]
    assert re.fullmatch("[0-9a-f]{32}", made)
    assert ["x-request-id", made] in json.loads(body)["headers"]
    response, _ = a_door.ask("GET", P, X_Request_Id="bad id <script>")
    assert re.fullmatch("[0-9a-f]{32}", response.headers["x-request-id"])


def test_an_early_refusal_reaches_a_client_that_is_still_sending(a_door: Door) -> None:
    with socket.create_connection((HOST, a_door.port), timeout=5) as client:
        client.sendall(b"POST /registry/v1/early HTTP/1.1\r\nHost: a\r\nContent-Length: 90000\r\n\r\nabc")
        assert client.recv(1000).startswith(b"HTTP/1.1 409 ")
    assert a_door.ask("GET", P)[0].status == 200
