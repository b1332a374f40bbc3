"""The first accounts and clients: made once, kept, and as the divisions and the rules have them."""

import json
from pathlib import Path
from typing import Any

import pytest

from gateway.clients import rules as client_rules
from gateway.seed import plan
from gateway.seed.service import seed
from gateway.users import rules
from services.registry.regions.dataset import read
from shared.auth import Duty, Role, TokenVerifier
from shared.secretfile import write_secret
from shared.settings import SERVICES, Environment, Settings
from tests.factories import gateway as make
from tests.fixtures.platform import ServiceUnderTest

pytestmark = pytest.mark.anyio


@pytest.fixture
def secrets_folder(tmp_path: Path) -> Path:
    """As the supervisor leaves it: the secret of each service in a file named by the client's id."""
    folder = tmp_path / "clients"
    folder.mkdir()
    for name in (*SERVICES, "gateway"):
        (folder / f"service-{name}").write_text(f"{name}-{'s' * 40}\n")
    return folder


async def token_of(gateway: ServiceUnderTest, client_id: str, secret: str) -> Any:
    form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
    async with gateway.client() as http:
        answer = await http.post("/oauth/token", data=form)
    assert answer.status_code == 200, answer.text
    return TokenVerifier(gateway.runtime.trust).verify(answer.json()["access_token"])


async def test_everybody_gets_in(gateway: ServiceUnderTest, tmp_path: Path, secrets_folder: Path) -> None:
    out = tmp_path / "credentials.json"
    made = await seed(gateway.runtime, out, secrets_folder)
    assert json.loads(out.read_text()) == made
    assert out.stat().st_mode & 0o777 == 0o600
    for user in made["users"]:
        token = (await make.login(gateway, user["username"], user["password"]))["access_token"]
        caller = TokenVerifier(gateway.runtime.trust).verify(token)
        assert (caller.role, caller.region, sorted(caller.duties)) == (
            user["role"],
            user["region"],
            sorted(user["duties"]),
        )
    for client in made["clients"]:
        caller = await token_of(gateway, client["client_id"], client["client_secret"])
        assert caller.scopes == set(client["scopes"])
    agency = next(one for one in made["clients"] if one["role"] == "organisation")
    assert agency["organisation_id"] == str(plan.DEMO_AGENCY)
    for name in SERVICES:
        caller = await token_of(gateway, f"service-{name}", f"{name}-{'s' * 40}")
        assert (caller.role, caller.subject) == (Role.SERVICE, f"service:{name}")
        assert caller.scopes == client_rules.SERVICES[name]


async def test_a_second_run_keeps_what_is_there(
    gateway: ServiceUnderTest, tmp_path: Path, secrets_folder: Path
) -> None:
    out = tmp_path / "credentials.json"
    first = await seed(gateway.runtime, out, secrets_folder)
    tokens = await make.login(gateway, "mile-officer", first["users"][5]["password"])
    assert first["users"][5]["username"] == "mile-officer"
    assert await seed(gateway.runtime, out, secrets_folder) == first
    async with gateway.client() as http:
        answer = await http.post("/auth/refresh", json={"refresh_token": tokens["refresh_token"]})
    assert answer.status_code == 200


async def test_a_run_that_was_cut_off_before_the_commit_is_carried_on(
    gateway: ServiceUnderTest, tmp_path: Path
) -> None:
    """The file is there and the accounts are not: they get the passwords that it names."""
    out = tmp_path / "credentials.json"
    password = "Written-Before-1"
    write_secret(out, json.dumps({"users": [{"username": "mile-admin", "password": password}], "clients": []}))
    await seed(gateway.runtime, out, None)
    assert await make.login(gateway, "mile-admin", password)


async def test_a_lost_file_means_new_passwords(gateway: ServiceUnderTest, tmp_path: Path) -> None:
    out = tmp_path / "credentials.json"
    first = await seed(gateway.runtime, out, None)
    out.unlink()
    second = await seed(gateway.runtime, out, None)
    assert first["users"][0]["password"] != second["users"][0]["password"]
    assert await make.login(gateway, second["users"][0]["username"], second["users"][0]["password"])
    assert await token_of(gateway, "system-demo-bank", second["clients"][1]["client_secret"])


async def test_production_gets_no_demo(gateway: ServiceUnderTest, tmp_path: Path, secrets_folder: Path) -> None:
    gateway.runtime.settings = Settings(environment=Environment.PRODUCTION)
    out = tmp_path / "credentials.json"
    assert await seed(gateway.runtime, out, secrets_folder) == {"users": [], "clients": []}
    made = await seed(gateway.runtime, out, secrets_folder, first_admin="21")
    assert [(user["username"], user["duties"]) for user in made["users"]] == [("admin-21", ["admin"])]
    async with gateway.client() as http:
        answer = await http.post("/auth/login", json={"username": "admin-21", "password": made["users"][0]["password"]})
    assert answer.json()["type"].endswith("password-change-required")


def test_the_plan_holds_the_rules_and_its_divisions_exist() -> None:
    regions = {post.region for post in plan.POSTS} | {program.region for program in plan.PROGRAMS}
    assert regions <= {division.code for division in read(["53"])}
    for post in plan.POSTS:
        assert not rules.faults(post.region, post.department, set(post.duties)), post.username
    for program in plan.PROGRAMS:
        assert set(program.scopes) <= client_rules.SCOPES[program.role]


def test_four_eyes_hold_in_the_demo_county() -> None:
    """No post holds two of register-or-review, approve, pay; each of the three is held."""
    parts = {
        frozenset({Duty.REGISTRAR, Duty.REVIEWER}),
        frozenset({Duty.APPROVER}),
        frozenset({Duty.FINANCE}),
    }
    held = [set(post.duties) for post in plan.POSTS if post.region == plan.COUNTY]
    assert all(any(part & duties for duties in held) for part in parts)
    assert all(sum(bool(part & duties) for part in parts) <= 1 for duties in held)
