"""The CLI as a client: against a small real server that answers as the gateway does."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.client import Caller, Refused, Unreachable, by_password
from cli.main import app
from cli.verbs import session

PASSWORD = "Right-Horse-42"


class Gateway(BaseHTTPRequestHandler):
    """One account with a given password; refresh tokens that are good once; a list in two pages."""

    server: "Server"

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        if path == "/list":
            first = "cursor" not in query
            link = {"Link": '</list?region=53&cursor=two>; rel="next"'} if first else {}
            self._answer(200, {"items": [{"n": 1}, {"n": 2}] if first else [{"n": 3, "query": query}]}, **link)
        elif path == "/whoami":
            self._answer(200, {"token": self.headers["Authorization"]})
        else:
            fault = {"pointer": "/query/x", "detail": "不支持的筛选条件", "code": "unknown_filter"}
            kind = "https://bangfu.example/problems/invalid"
            self._answer(422, {"type": kind, "detail": "提交的数据不符合要求", "errors": [fault]})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])) or "null")
        state = self.server
        if self.path == "/auth/login":
            given = body["password"]
            if given != state.password:
                self._answer(401, {"type": "x/login-failed", "detail": "用户名或密码错误"})
            elif state.must_change:
                self._answer(403, {"type": "x/password-change-required", "detail": "请先修改初始密码"})
            else:
                self._answer(200, state.tokens())
        elif self.path == "/auth/password":
            state.password, state.must_change = body["new_password"], False
            self._answer(204, None)
        elif self.path == "/auth/refresh":
            good = body["refresh_token"] == state.refresh
            self._answer(200 if good else 401, state.tokens() if good else {"type": "x/session-over"})
        elif self.path == "/auth/logout":
            self._answer(204, None)

    def log_message(self, *_: object) -> None:
        """Quiet."""

    def _answer(self, status: int, body: Any, **headers: str) -> None:
        content = json.dumps(body).encode() if body is not None else b""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


class Server(ThreadingHTTPServer):
    password, must_change, refresh, given, life = PASSWORD, False, "", 0, 600

    def tokens(self) -> dict[str, Any]:
        self.given += 1
        self.refresh = f"refresh-{self.given}"
        return {"access_token": f"access-{self.given}", "expires_in": self.life, "refresh_token": self.refresh}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


@pytest.fixture
def gateway() -> Iterator[Server]:
    with Server(("127.0.0.1", 0), Gateway) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def caller(gateway: Server) -> Iterator[Caller]:
    made = Caller(gateway.url, by_password("clerk", PASSWORD))
    yield made
    made.close()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    return tmp_path / "bangfu"


def test_a_list_is_read_to_its_last_page_with_its_filters(caller: Caller) -> None:
    items = list(caller.pages("/list", region="53"))
    assert [item["n"] for item in items] == [1, 2, 3]
    assert "region=53" in items[2]["query"]


def test_a_refusal_reads_as_its_problem_document(caller: Caller) -> None:
    with pytest.raises(Refused) as caught:
        caller.get("/elsewhere")
    refusal = caught.value
    assert (refusal.status, refusal.code, refusal.faults[0].code) == (422, "invalid", "unknown_filter")
    assert str(refusal) == "422 invalid: 提交的数据不符合要求\n  /query/x: 不支持的筛选条件"


def test_it_signs_in_once_and_again_before_the_token_expires(caller: Caller, gateway: Server) -> None:
    assert [caller.get("/whoami")["token"] for _ in range(2)] == ["Bearer access-1"] * 2
    gateway.life = 30  # less than the margin: stale at once
    fresh = Caller(gateway.url, by_password("clerk", PASSWORD))
    assert [fresh.get("/whoami")["token"] for _ in range(2)] == ["Bearer access-2", "Bearer access-3"]
    fresh.close()


def test_a_wrong_password_is_refused(gateway: Server) -> None:
    wrong = Caller(gateway.url, by_password("clerk", "Wrong-Horse-42"))
    with pytest.raises(Refused, match="login-failed"):
        wrong.get("/whoami")
    wrong.close()


def test_a_platform_that_is_not_there_is_named() -> None:
    nobody = Caller("http://127.0.0.1:9", by_password("clerk", PASSWORD))
    with pytest.raises(Unreachable, match=r"http://127\.0\.0\.1:9"):
        nobody.get("/whoami")
    nobody.close()


def test_login_keeps_a_private_session_that_renews_itself_once(gateway: Server, home: Path) -> None:
    gateway.life = 30
    _run("login", "clerk", "--gateway", gateway.url, typed=f"{PASSWORD}\n")
    kept = home / "session.json"
    assert kept.stat().st_mode & 0o077 == 0
    assert PASSWORD not in kept.read_text()
    gateway.life = 600
    first, second = session.caller(), session.caller()
    assert first.get("/whoami")["token"] == second.get("/whoami")["token"] == "Bearer access-2"
    for one in (first, second):
        one.close()


def test_a_given_password_is_changed_at_the_first_login(gateway: Server, home: Path) -> None:
    gateway.must_change = True
    _run("login", "clerk", "--gateway", gateway.url, typed=f"{PASSWORD}\nNew-Horse-4242\nNew-Horse-4242\n")
    assert gateway.password == "New-Horse-4242"
    assert json.loads((home / "session.json").read_text())["username"] == "clerk"


def test_logout_ends_the_session_and_forgets_it(gateway: Server, home: Path) -> None:
    _run("login", "clerk", "--gateway", gateway.url, typed=f"{PASSWORD}\n")
    _run("logout")
    assert not (home / "session.json").exists()


def test_an_ended_session_says_how_to_begin_another(gateway: Server, home: Path) -> None:
    gateway.life = 30
    _run("login", "clerk", "--gateway", gateway.url, typed=f"{PASSWORD}\n")
    gateway.refresh = "another"
    with pytest.raises(Exception, match="bangfu login clerk"):
        session.caller().get("/whoami")


def _run(*arguments: str, typed: str = "") -> None:
    done = CliRunner().invoke(app, list(arguments), input=typed, catch_exceptions=False)
    assert done.exit_code == 0, done.output
