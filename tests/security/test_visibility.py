"""What lies outside a caller's sight does not exist for them: 404, and absent from lists.

Every operation that reads one resource by a path parameter is asked about what the season made, by the managing chain
and by everybody beside it. A parameter that this table does not know fails, so that a new operation has to be added.
"""

import time
from typing import Any
from uuid import uuid4

import pytest

from shared import regions
from tests.fixtures import tokens
from tests.fixtures.scenario import ELSEWHERE, HOME, Season
from tests.security import declared
from tests.security.asgi import Reply, ask
from tests.security.declared import Operation
from tests.security.test_matrix import DEPARTMENTS, SCOPES

pytestmark = pytest.mark.anyio

CHAIN = (HOME, tokens.TOWNSHIP, tokens.COUNTY, tokens.CITY, tokens.PROVINCE)
OUTSIDE = (
    ELSEWHERE[0], ELSEWHERE[1][:9], ELSEWHERE[2][:6], "532505", "5303", "31", "4419", HOME[:-1] + "9", "532504104",
)  # fmt: skip
"""Beside, below another township, a neighbour county, codes that share digits up to a boundary, far provinces."""

RESOURCES = {
    "person_id", "household_id", "spell_id", "placement_id", "claim_id", "payee_id", "fund_id", "batch_id", "user_id",
    "client_id", "file_id",
}  # fmt: skip
"""Path parameters of what belongs to a region."""
EVERYBODYS = {
    "organisation_id": "who employs is public to officers; an organisation sees itself",
    "posting_id": "what is published is public to officers",
    "code": "divisions are reference data",
    "load_id": "loads of divisions belong to the province's administrators",
    "import_id": "imports are tested where they are made",
    "secret_id": "no answer shows a secret",
    "line_id": "a line is found by its batch",
}


def _officer(operation: Operation, region: str) -> str | None:
    """An officer of the region whom the operation's rule lets through; None when it lets none of that level."""
    duties = frozenset(operation.rule["duties"]) or frozenset({"registrar"})
    level = regions.level(region).value
    for department in DEPARTMENTS:
        if declared.may(operation.rule, level, department, duties, SCOPES):
            return tokens.officer(region, *sorted(duties), department=department or "hrss")
    return None


def _readings(service: str, season: Season) -> list[tuple[Operation, str]]:
    """Operations that read one resource of a region, each with the path to what the season made."""
    found = []
    for operation in declared.operations(service, season.platform.service(service).app):
        names = set(operation.path_names)
        assert names <= RESOURCES | set(EVERYBODYS), f"{operation}: who sees {names}? Add it to this test"
        if operation.method == "GET" and names and names <= RESOURCES and not operation.public:
            query = "?purpose=season" if any(each["name"] == "purpose" for each in operation.parameters) else ""
            made = season.ids | ({"file_id": season.ids["proof_id"]} if service == "jobs" else {})
            found.append((operation, operation.filled(**made) + query))
    return found


async def _ask(season: Season, operation: Operation, path: str, token: str) -> Reply:
    app = declared.under_test(season.platform, operation.service).app
    return await ask(app, operation.method, path, token)


@pytest.mark.parametrize("service", declared.APPLICATIONS)
async def test_the_chain_sees_and_nobody_beside_it(season: Season, service: str) -> None:
    wrong, seen = [], 0
    for operation, path in _readings(service, season):
        for region in (*CHAIN, *OUTSIDE):
            token = _officer(operation, region)
            if token is None:
                continue
            reply = await _ask(season, operation, path, token)
            visible = reply.status not in (401, 403, 404) and reply.status < 500
            seen += visible
            if visible is not (region in CHAIN) or (not visible and reply.status != 404):
                wrong.append(f"{operation} by {region}: {reply.status}")
    assert not wrong, "\n".join(wrong)
    assert seen or service == "reporting", "a test that nobody passes proves nothing"


@pytest.mark.parametrize("service", declared.APPLICATIONS)
async def test_another_organisation_sees_nothing(season: Season, service: str) -> None:
    wrong = []
    own, other = tokens.organisation(season.ids["organisation_id"]), tokens.organisation(uuid4())
    for operation, path in _readings(service, season):
        if "organisation" in operation.rule["clients"]:
            path = path.replace(str(season.ids["claim_id"]), str(season.ids["service_claim_id"]))
            mine, theirs = [await _ask(season, operation, path, token) for token in (own, other)]
            if theirs.status != 404:
                wrong.append(f"{operation}: {theirs.status} for another organisation ({mine.status} for its own)")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("service", declared.APPLICATIONS)
async def test_lists_leave_out_what_lies_elsewhere(season: Season, service: str) -> None:
    """No list of another region names an id that the season made at home; nor does the stranger's."""
    personal = {str(season.ids[name]) for name in RESOURCES & set(season.ids)}
    wrong, named = [], 0
    for operation in declared.operations(service, season.platform.service(service).app):
        if operation.method != "GET" or operation.path_names or operation.public:
            continue
        for region in (*CHAIN, *OUTSIDE):
            token = _officer(operation, region)
            if token is None:
                continue
            reply = await _ask(season, operation, operation.path, token)
            holds = any(value.encode() in reply.body for value in personal)
            named += holds
            if holds and region not in CHAIN and not _works_there(operation, region):
                wrong.append(f"{operation} by {region} names what is not its own")
            if region in OUTSIDE and reply.status < 300:
                narrowed = await _ask(season, operation, f"{operation.path}?region={HOME}", token)
                if any(value.encode() in narrowed.body for value in personal):
                    wrong.append(f"{operation} by {region}, asked for {HOME}, names what is not its own")
    assert not wrong, "\n".join(wrong)
    assert named or service == "reporting", "a test that nobody passes proves nothing"


def _works_there(operation: Operation, region: str) -> bool:
    """The chain of the work place sees an employment record: name, masked number, job."""
    return operation.path == "/registry/v1/workers" and "310115".startswith(region)


async def test_numbers_are_masked_and_unmasking_is_in_the_audit_log_before_the_answer(season: Season) -> None:
    home, person = tokens.officer(HOME, "registrar", sub=f"looker-{time.monotonic_ns()}"), season.person["id"]
    for path in ("/persons", f"/persons/{person}"):
        answer = await season.call("registry", home, "GET", path, 200)
        shown: Any = answer.json()
        for each in shown.get("items", [shown]):
            assert "*" in each["id_number"], path
            assert each["phone"] is None or "*" in each["phone"], path
    path = f"/persons/{person}/identity"
    without = tokens.officer(HOME, "registrar", scope="registry:read registry:write")
    await season.call("registry", without, "GET", path, 403, params={"purpose": "核对"})
    await season.call("registry", home, "GET", path, 422)
    whole = (await season.call("registry", home, "GET", path, 200, params={"purpose": "核对"})).json()
    assert "*" not in whole["id_number"] + whole["phone"]
    with season.platform.databases.admin("registry") as admin:
        entries = admin.execute(
            "SELECT purpose, subject FROM audit_entry WHERE action = 'registry:person:see_identity'"
        ).fetchall()
    assert ("核对", person) in entries
