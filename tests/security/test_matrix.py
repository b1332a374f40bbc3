"""Who may do what: every operation of every service against every kind of caller.

What is expected is computed from the published `x-permission` alone, by code of this test; what happens is the answer
of the real application. The two meet for level × department × duty × scope, for every operation that there is.
"""

import time
from collections import Counter
from collections.abc import Iterator
from itertools import product
from typing import Any, NamedTuple

import pytest
from fastapi import APIRouter, Depends, FastAPI

from services.registry.permissions import FEED_READ, PERSON_READ
from shared import audit, permissions
from shared.auth import Department, Duty
from shared.errors import MEDIA_TYPE
from shared.permissions import Guard, Public
from tests.fixtures import tokens
from tests.fixtures.platform import Platform
from tests.security import declared
from tests.security.asgi import ask
from tests.security.declared import Operation

pytestmark = pytest.mark.anyio

SCOPES = frozenset(tokens.ALL_SCOPES.split())
REGIONS = {
    "province": tokens.PROVINCE,
    "city": tokens.CITY,
    "county": tokens.COUNTY,
    "township": tokens.TOWNSHIP,
    "village": tokens.VILLAGE,
}
MACHINES: dict[str, dict[str, str]] = {
    "organisation": {"org": str(declared.NOBODY), "client_id": "agency"},
    "system": {"region": tokens.PROVINCE, "client_id": "system"},
    "service": {"client_id": "jobs"},
}
DEPARTMENTS: tuple[str | None, ...] = (*Department, None)
DUTIES: tuple[frozenset[str], ...] = (*(frozenset({duty}) for duty in Duty), frozenset(), frozenset(Duty))
HIDDEN = {"/health/live", "/health/ready", "/metrics"}


class Kind(NamedTuple):
    """A kind of caller, apart from its scopes."""

    role: str
    department: str | None
    duties: frozenset[str]


OFFICERS = [Kind(*each) for each in product(REGIONS, DEPARTMENTS, DUTIES)]
CLIENTS = [Kind(*each) for each in product(MACHINES, (None, Department.HRSS), DUTIES[-2:])]
KINDS = OFFICERS + CLIENTS


class Tokens:
    """Tokens signed once: the same thousands ask about every operation."""

    def __init__(self) -> None:
        self._signed: dict[tuple[Kind, frozenset[str]], str] = {}

    def of(self, kind: Kind, scopes: frozenset[str]) -> str:
        if (kind, scopes) not in self._signed:
            where: dict[str, Any] = MACHINES.get(kind.role) or {"region": REGIONS[kind.role]}
            self._signed[kind, scopes] = tokens.sign(
                tokens.claims(
                    role=kind.role,
                    department=kind.department,
                    duties=sorted(kind.duties),
                    scope=" ".join(sorted(scopes)),
                    **where,
                )
            )
        return self._signed[kind, scopes]


@pytest.fixture
def denials(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Counts what would be written to the audit log; that it is written is tested below, once and for real."""
    counted: Counter[str] = Counter()

    async def count(_database: Any, action: str, *_: Any, **__: Any) -> None:
        counted[action] += 1

    monkeypatch.setattr(audit, "record_apart", count)
    return counted


@pytest.mark.parametrize("service", declared.APPLICATIONS)
async def test_every_operation_lets_through_exactly_whom_its_rule_names(
    services: Platform, service: str, denials: Counter[str]
) -> None:
    app = declared.under_test(services, service).app
    signed, wrong, asked, refused = Tokens(), [], 0, 0
    began = time.perf_counter()
    for operation in declared.operations(service, app):
        if operation.public:
            continue
        path = operation.filled()
        for kind, scopes in _callers(operation):
            expected = declared.may(operation.rule, *kind, scopes)
            answer = await ask(app, operation.method, path, signed.of(kind, scopes))
            asked += 1
            refused += answer.status == 403
            if not _as_expected(expected, answer.status, answer.media_type):
                wrong.append(f"{operation} {kind}: may={expected}, answered {answer.status}")
    print(f"{service}: {asked} questions in {time.perf_counter() - began:.1f} s")  # noqa: T201
    assert not wrong, "\n".join([f"{len(wrong)} answers differ from the published rules", *wrong[:20]])
    assert sum(denials.values()) == refused, "every refusal goes to the audit log, once"


def _callers(operation: Operation) -> Iterator[tuple[Kind, frozenset[str]]]:
    """Everybody with only the scope that the rule asks for; who might do all things with all scopes but that one."""
    asked = frozenset({operation.rule["scope"]}) & SCOPES
    yield from product(KINDS, [asked])
    if asked:
        yield from product([kind for kind in KINDS if kind.duties in DUTIES[-2:]], [SCOPES - asked])


def _as_expected(expected: bool, status: int, media_type: str) -> bool:
    if expected:
        return status not in (401, 403) and status < 500
    return status == 403 and media_type == MEDIA_TYPE


@pytest.mark.parametrize("service", declared.APPLICATIONS)
async def test_without_a_token_there_is_only_what_is_public(services: Platform, service: str) -> None:
    app = declared.under_test(services, service).app
    for operation in declared.operations(service, app):
        answer = await ask(app, operation.method, operation.filled())
        if operation.public:
            assert answer.status not in (403, 500), operation
        else:
            assert (answer.status, answer.media_type) == (401, MEDIA_TYPE), operation


@pytest.mark.parametrize("service", declared.APPLICATIONS)
async def test_every_rule_asks_for_a_scope_and_somebody_can_pass_it(services: Platform, service: str) -> None:
    """A scope that no token can hold, or a rule that nobody meets, is a mistake of writing."""
    for operation in declared.operations(service, declared.under_test(services, service).app):
        if operation.public:
            continue
        rule = operation.rule
        assert rule["levels"] or rule["clients"], f"{operation}: nobody may"
        assert not rule["scope"] or rule["scope"] in SCOPES, f"{operation}: no token has {rule['scope']}"
        assert any(declared.may(rule, *kind, SCOPES) for kind in KINDS), f"{operation}: nobody may"
        assert not all(declared.may(rule, *kind, SCOPES) for kind in KINDS), f"{operation}: everybody may"


@pytest.mark.parametrize("service", declared.APPLICATIONS)
async def test_nothing_is_answered_that_the_document_leaves_out(services: Platform, service: str) -> None:
    app = declared.under_test(services, service).app
    assert set(declared.hidden_paths(app)) <= HIDDEN | {f"/{service}/openapi.json"}


async def test_a_refusal_is_in_the_audit_log(services: Platform) -> None:
    subject = "refused-officer"
    service = services.service("registry")
    answer = await ask(
        service.app, "GET", "/registry/v1/changes", tokens.officer(tokens.VILLAGE, "registrar", sub=subject)
    )
    assert answer.status == 403
    with services.databases.admin("registry") as admin:
        entries = admin.execute(
            "SELECT action, actor, role, region, subject, result FROM audit_entry WHERE actor = %s", [subject]
        ).fetchall()
    assert entries == [("registry:operation:deny", subject, "village", tokens.VILLAGE, "registry.feed.read", "denied")]


@pytest.mark.parametrize(
    "claims",
    [
        {"role": "county", "region": "5325041"},
        {"role": "county", "region": "53250"},
        {"role": "province", "region": "5"},
        {"role": "province", "region": ""},
        {"role": "county", "region": "53250%"},
        {"role": "county", "region": "53250_"},
        {"role": "county", "region": "53250\uff14"},
        {"role": "city", "region": "532504"},
        {"role": "county", "region": "5325"},
        {"role": "province", "region": "530000"},
        {"role": "village", "region": None},
        {"role": "organisation", "region": None, "org": None},
        {"role": "organisation", "org": "none"},
        {"role": "county", "region": "532504", "org": str(declared.NOBODY)},
        {"role": "nobody", "region": "532504"},
        {"role": "system", "region": "'; DROP TABLE outbox; --"},
    ],
    ids=str,
)
async def test_claims_that_do_not_agree_are_nobody(services: Platform, claims: dict[str, Any]) -> None:
    """Digits that stop short of a boundary, a level that is not the region's, two identities, no identity."""
    token = tokens.sign(tokens.claims(duties=sorted(Duty), department="hrss", **claims))
    answer = await ask(services.service("registry").app, "GET", "/registry/v1/regions", token)
    assert (answer.status, answer.media_type) == (401, MEDIA_TYPE)


def _throw_away(*guards: Any) -> FastAPI:
    """An application with one operation under these dependencies."""
    routes = APIRouter()

    @routes.get("/thing", dependencies=[Depends(each) for each in guards])
    async def thing() -> str:
        return "thing"

    app = FastAPI()
    app.include_router(routes)
    return app


def test_an_operation_starts_with_exactly_one_rule() -> None:
    for guards in ((), (Guard(PERSON_READ), Guard(FEED_READ))):
        with pytest.raises(RuntimeError, match="exactly one"):
            permissions.rules(_throw_away(*guards))
    assert permissions.rules(_throw_away(Guard(PERSON_READ))) == {("/thing", "GET"): PERSON_READ.document()}


def test_a_public_operation_says_so() -> None:
    app = FastAPI()

    @app.get("/thing")
    async def thing(_: Public) -> str:
        return "thing"

    assert permissions.rules(app)["/thing", "GET"]["public"]
