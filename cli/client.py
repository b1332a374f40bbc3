"""The gateway as a program meets it: log in, call, and read its refusals.

    mile = Caller("http://127.0.0.1:8000", by_password("mile-reviewer", "…"))
    for person in mile.pages("/registry/v1/persons", region="532504"):
        ...

A refusal raises `Refused`, whose text shows the problem document to a person at a terminal.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

import httpx2

from cli.errors import CommandError

_TIMEOUT = httpx2.Timeout(60.0, connect=5.0)
_RENEW_SECONDS = 60.0  # an access token is renewed this long before it expires


@dataclass(frozen=True, slots=True)
class FieldFault:
    """One wrong value: JSON pointer, what to do about it, and the fault's short name."""

    pointer: str
    detail: str
    code: str


class Refused(CommandError):
    """The platform answered with a problem document (RFC 9457)."""

    def __init__(self, status: int, document: Mapping[str, Any]) -> None:
        self.status = status
        self.document = dict(document)
        self.code = str(document.get("type", "")).rpartition("/")[2]
        self.detail = str(document.get("detail") or document.get("title") or "no reason was given")
        self.faults = [FieldFault(e["pointer"], e["detail"], e["code"]) for e in document.get("errors") or ()]
        super().__init__("\n".join([f"{status} {self.code}: {self.detail}", *self._lines()]))

    def _lines(self) -> Iterator[str]:
        for fault in self.faults:
            yield f"  {fault.pointer}: {fault.detail}"


class Unreachable(CommandError):
    """No answer: it is not known whether the request was carried out."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """What signing in gives. `expires_at` is in seconds of the system's clock."""

    access: str
    expires_at: float
    refresh: str | None = None

    @property
    def stale(self) -> bool:
        return time.time() > self.expires_at - _RENEW_SECONDS


SignIn = Callable[[httpx2.Client], Tokens]
"""Gets tokens; called when there are none yet and whenever they are about to expire."""


def by_password(username: str, password: str) -> SignIn:
    """An officer's. Raises `Refused` (login-failed, locked-out, password-change-required)."""
    return lambda http: tokens(http.post("/auth/login", json={"username": username, "password": password}))


def by_secret(client_id: str, secret: str) -> SignIn:
    """A program's, by OAuth2 client credentials."""
    form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
    return lambda http: tokens(http.post("/oauth/token", data=form))


def tokens(answer: httpx2.Response) -> Tokens:
    """Of an answer of the gateway. Raises `Refused`."""
    body = checked(answer).json()
    return Tokens(body["access_token"], time.time() + body["expires_in"], body.get("refresh_token"))


class Caller:
    """One account or client at the gateway."""

    def __init__(self, base_url: str, sign_in: SignIn) -> None:
        self.base_url = base_url
        self._http = http(base_url)
        self._sign_in = sign_in
        self._tokens: Tokens | None = None

    def close(self) -> None:
        self._http.close()

    def get(self, path: str, **query: Any) -> Any:
        return self._send("GET", path, params=query).json()

    def pages(self, path: str, **query: Any) -> Iterator[dict[str, Any]]:
        """Every item of a list, page after page."""
        while True:
            answer = self._send("GET", path, params=query)
            yield from answer.json()["items"]
            following = answer.links.get("next")
            if following is None:
                return
            query = dict(parse_qsl(urlsplit(following["url"]).query))

    def post(self, path: str, body: Any = None, *, key: str | None = None, **headers: str) -> Any:
        """`key` is the Idempotency-Key, a fresh one when none is given: repeat a request with the key it had."""
        return _json(self._send("POST", path, json=body, headers=_keyed(key) | headers))

    def put(self, path: str, body: Any, **headers: str) -> Any:
        return _json(self._send("PUT", path, json=body, headers=headers))

    def upload(
        self,
        path: str,
        file: Path,
        form: Mapping[str, str] | None = None,
        *,
        field: str = "file",
        key: str | None = None,
    ) -> Any:
        """Send a file as a form's field, with the other fields of the form."""
        with file.open("rb") as content:
            files = {field: (file.name, content)}
            return _json(self._send("POST", path, data=dict(form or {}), files=files, headers=_keyed(key)))

    def download(self, path: str, to: Path, *, body: Any = None, **query: Any) -> Path:
        """Save what the path answers (to a POST when there is a body), written as it comes."""
        method = "GET" if body is None else "POST"
        headers = self._authorization()
        with (
            reaching(self.base_url),
            self._http.stream(method, path, params=query, json=body, headers=headers) as answer,
            to.open("wb") as file,
        ):
            if answer.is_error:
                answer.read()
            for chunk in checked(answer).iter_bytes():
                file.write(chunk)
        return to

    def text(self, path: str, **headers: str) -> str:
        """The answer as plain text."""
        return self._send("GET", path, headers={"Accept": "text/plain"} | headers).text

    def _send(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, **given: Any
    ) -> httpx2.Response:
        with reaching(self.base_url):
            return checked(
                self._http.request(method, path, headers=self._authorization() | dict(headers or {}), **given)
            )

    def _authorization(self) -> dict[str, str]:
        if self._tokens is None or self._tokens.stale:
            with reaching(self.base_url):
                self._tokens = self._sign_in(self._http)
        return {"Authorization": f"Bearer {self._tokens.access}"}


def http(base_url: str) -> httpx2.Client:
    """A client of the gateway. One on this machine is not asked for through a proxy."""
    here = urlsplit(base_url).hostname in ("127.0.0.1", "localhost", "::1")
    return httpx2.Client(base_url=base_url, timeout=_TIMEOUT, trust_env=not here)


@contextmanager
def reaching(base_url: str) -> Iterator[None]:
    """Turns a connection that fails into a CommandError that says so."""
    try:
        yield
    except httpx2.TransportError as error:
        raise Unreachable(f"Cannot reach the platform at {base_url} ({error}). Is it running?") from error


def checked(answer: httpx2.Response) -> httpx2.Response:
    """The answer itself, or `Refused`."""
    if not answer.is_error:
        return answer
    try:
        document = answer.json()
    except ValueError:
        document = {"detail": answer.text[:200]}
    raise Refused(answer.status_code, document if isinstance(document, dict) else {})


def _keyed(key: str | None) -> dict[str, str]:
    return {"Idempotency-Key": key or str(uuid4())}


def _json(answer: httpx2.Response) -> Any:
    return answer.json() if answer.content else None
