"""Sizes, times, places and rates: what one request or one caller can take, and that all of it is given back."""

import json
import logging
import socket
import struct
import threading
import time
from collections.abc import Iterator
from ipaddress import ip_network

import pytest

from gateway.proxy.headers import client_address
from gateway.proxy.limits import Buckets, Rate, address_key
from shared.errors import TooManyRequests
from tests.gateway.proxy.conftest import Door, OpenDoor
from tests.gateway.proxy.servers import HOST, raw, read_head, scripted, wait_until

CLOSE_AT_ONCE = struct.pack("ii", 1, 0)


def test_an_announced_body_is_refused_before_any_of_it_is_read(a_door: Door) -> None:
    request = b"POST /registry/v1/echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 100001\r\n\r\n"
    received = raw(a_door.port, request)
    assert received.startswith(b"HTTP/1.1 413 ")
    assert b"connection: close" in received.lower()


def test_a_chunked_body_is_cut_at_its_limit(a_door: Door) -> None:
    sent = 0

    def parts() -> Iterator[bytes]:
        nonlocal sent
        while sent < 500_000_000:
            sent += 65536
            yield b"x" * 65536

    with socket.create_connection((HOST, a_door.port), timeout=5) as client:
        client.sendall(b"POST /registry/v1/echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
        try:
            for part in parts():
                client.sendall(b"%x\r\n%s\r\n" % (len(part), part))
        except OSError:
            pass
        assert sent < 50_000_000
    wait_until(lambda: a_door.leased == 0)
    assert a_door.ask("POST", "/registry/v1/echo", b"x" * 100_000)[0].status == 200


def test_a_chunked_body_over_the_limit_is_answered_413(a_door: Door) -> None:
    body = b"%x\r\n%s\r\n" % (100_001, b"x" * 100_001)
    request = b"POST /registry/v1/echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + body
    assert raw(a_door.port, request).startswith(b"HTTP/1.1 413 ")


def test_a_silent_service_is_504_and_its_connection_closed(a_door: Door) -> None:
    response, body = a_door.ask("GET", "/registry/v1/silent")
    assert (response.status, json.loads(body)["title"]) == (504, "后端服务应答超时")
    assert a_door.leased == 0


def test_a_client_that_stops_sending_is_408(a_door: Door) -> None:
    request = b"POST /registry/v1/echo HTTP/1.1\r\nHost: a\r\nContent-Length: 50000\r\n\r\nabc"
    assert raw(a_door.port, request).startswith(b"HTTP/1.1 408 ")
    assert a_door.leased == 0


def test_an_answer_that_stands_still_is_not_passed_off_as_whole(a_door: Door) -> None:
    received = raw(a_door.port, b"GET /registry/v1/stalled HTTP/1.1\r\nHost: a\r\n\r\n")
    assert b"first" in received
    assert not received.endswith(b"0\r\n\r\n")
    assert a_door.leased == 0


def test_a_service_that_is_down_is_503(open_door: OpenDoor) -> None:
    with socket.create_server((HOST, 0)) as unused:
        port = unused.getsockname()[1]
    response, _ = open_door({"jobs": f"http://{HOST}:{port}"}).ask("GET", "/jobs/v1/x")
    assert (response.status, response.headers["retry-after"]) == (503, "5")


@pytest.mark.parametrize("answer", [b"nonsense\r\n\r\n", b"", b"HTTP/1.1 101 Switching Protocols\r\n\r\n"])
def test_a_service_that_does_not_speak_http_is_502(open_door: OpenDoor, answer: bytes) -> None:
    def speak(connection: socket.socket) -> None:
        read_head(connection)
        connection.sendall(answer)
        connection.shutdown(socket.SHUT_RDWR)

    with scripted(speak) as port:
        a_door = open_door({"jobs": f"http://{HOST}:{port}"})
        response, _ = a_door.ask("GET", "/jobs/v1/x")
        assert (response.status, response.headers["retry-after"]) == (502, "5")
        assert a_door.leased == 0


@pytest.mark.parametrize(("method", "status", "requests"), [("GET", 200, 3), ("POST", 502, 2)])
def test_only_what_is_safe_to_repeat_is_repeated(open_door: OpenDoor, method: str, status: int, requests: int) -> None:
    """The service closes its kept connection instead of answering the second request on it."""
    heads: list[bytes] = []

    def answer_once(connection: socket.socket) -> None:
        heads.append(read_head(connection))
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        if (head := read_head(connection)) != b"":
            heads.append(head)
        connection.shutdown(socket.SHUT_RDWR)

    with scripted(answer_once) as port:
        a_door = open_door({"jobs": f"http://{HOST}:{port}"})
        assert a_door.ask("GET", "/jobs/v1/x")[0].status == 200
        assert a_door.ask(method, "/jobs/v1/x")[0].status == status
        assert len(heads) == requests


def test_a_slow_service_fills_its_own_places_only(open_door: OpenDoor) -> None:
    """With all of its two places taken, the slow service is refused at once and the other is served as before."""

    def hold(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.recv(1)

    with scripted(hold) as port:
        a_door = open_door({"jobs": f"http://{HOST}:{port}"}, concurrency=2, first_byte=5)
        waiting = [threading.Thread(target=a_door.ask, args=("GET", "/jobs/v1/x"), daemon=True) for _ in range(2)]
        for thread in waiting:
            thread.start()
        wait_until(lambda: a_door.proxy.upstreams[b"jobs"].active == 2)
        started = time.monotonic()
        response, _ = a_door.ask("GET", "/jobs/v1/x")
        assert (response.status, response.headers["retry-after"]) == (503, "1")
        assert a_door.ask("GET", "/registry/v1/echo")[0].status == 200
        assert time.monotonic() - started < 2
        for thread in waiting:
            thread.join()
    assert a_door.proxy.upstreams[b"jobs"].active == 0


def test_a_thousand_aborted_downloads_leave_no_connection_leased(
    open_door: OpenDoor, caplog: pytest.LogCaptureFixture
) -> None:
    """Half go in the middle of the body, half before the service has answered at all."""
    caplog.set_level(logging.ERROR, "uvicorn.error")
    a_door = open_door(first_byte=30, idle=30)
    for number in range(1000):
        with socket.create_connection((HOST, a_door.port), timeout=5) as client:
            name = b"endless" if number % 2 else b"silent"
            client.sendall(b"GET /registry/v1/%s HTTP/1.1\r\nHost: a\r\n\r\n" % name)
            if number % 2:
                client.recv(1000)
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, CLOSE_AT_ONCE)
    wait_until(lambda: a_door.leased == 0 and a_door.proxy.upstreams[b"registry"].active == 0)
    assert a_door.ask("GET", "/registry/v1/echo")[0].status == 200
    assert not caplog.records


def test_an_aborted_upload_leaves_no_connection_leased(a_door: Door) -> None:
    with socket.create_connection((HOST, a_door.port), timeout=5) as client:
        client.sendall(b"POST /registry/v1/echo HTTP/1.1\r\nHost: a\r\nContent-Length: 90000\r\n\r\nabc")
        wait_until(lambda: a_door.leased == 1)
    wait_until(lambda: a_door.leased == 0)


def test_rates_are_enforced_per_subject_and_per_address(open_door: OpenDoor) -> None:
    a_door = open_door(rates=(Rate("address", 0.1, 2), Rate("subject", 0.1, 3)))
    path = "/registry/v1/echo"
    assert [a_door.ask("GET", path)[0].status for _ in range(3)] == [200, 200, 429]
    statuses = [a_door.ask("GET", path, Authorization="Bearer good-a")[0].status for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
    response, _ = a_door.ask("GET", path, Authorization="Bearer good-b")
    assert (response.headers["ratelimit"], response.headers["ratelimit-policy"]) == (
        '"subject";r=2;t=10',
        '"subject";q=3;w=30',
    )
    response, _ = a_door.ask("GET", path, Authorization="Bearer bad")
    assert response.status == 429, "bad tokens count against the address"
    assert 1 <= int(response.headers["retry-after"]) <= 10


def test_a_bucket_refills_and_the_memory_for_buckets_is_bounded() -> None:
    now = 0.0
    buckets = Buckets(Rate("r", per_second=2, burst=4), most=10, clock=lambda: now)
    for _ in range(4):
        buckets.take("a")
    with pytest.raises(TooManyRequests) as refused:
        buckets.take("a")
    assert refused.value.headers["Retry-After"] == "1"
    now = 0.5
    assert buckets.take("a") == b'"r";r=0;t=2'
    for number in range(1000):
        buckets.take(str(number))
    assert len(buckets) <= 10


def test_x_forwarded_for_is_believed_from_configured_proxies_only() -> None:
    trusted = [ip_network("10.0.0.0/8")]
    assert client_address("9.9.9.9", b"1.1.1.1", trusted) == "9.9.9.9"
    assert client_address("10.0.0.1", b"1.1.1.1", ()) == "10.0.0.1"
    assert client_address("10.0.0.1", b"6.6.6.6, 1.1.1.1, 10.0.0.2", trusted) == "1.1.1.1"
    assert client_address("10.0.0.1", b"1.1.1.1, nonsense", trusted) == "10.0.0.1"
    assert address_key("2001:db8:1:2::1") == address_key("2001:db8:1:2:ffff::9") != address_key("2001:db8:1:3::1")
