"""The merged document and its page."""

from typing import Any

import httpx2
import pytest

from gateway.clients import rules as client_rules
from gateway.docs.examples import example
from gateway.docs.service import merged
from gateway.users import rules
from shared.auth import Duty, Role
from shared.client import ServiceClient
from tests.fixtures.platform import Platform, ServiceUnderTest

pytestmark = pytest.mark.anyio

NOT_THERE = "reporting"


def down(gateway: ServiceUnderTest, name: str) -> None:
    def refuse(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("refused", request=request)

    http = httpx2.AsyncClient(transport=httpx2.MockTransport(refuse), base_url=f"http://{name}")
    gateway.runtime.clients = {**gateway.runtime.clients, name: ServiceClient(name, http)}


async def document(gateway: ServiceUnderTest) -> dict[str, Any]:
    async with gateway.client() as http:
        answer = await http.get("/openapi.json")
    assert answer.status_code == 200, answer.text
    read: dict[str, Any] = answer.json()
    return read


def operations(merged_document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method, path, operation)
        for path, methods in merged_document["paths"].items()
        for method, operation in methods.items()
    ]


def references(node: Any) -> set[str]:
    if isinstance(node, dict):
        own = {node["$ref"]} if isinstance(node.get("$ref"), str) else set()
        return own.union(*(references(child) for child in node.values()))
    return set().union(*(references(child) for child in node)) if isinstance(node, list) else set()


async def test_each_operation_has_its_permission_and_a_service_that_is_down_leaves_a_note(
    gateway: ServiceUnderTest, services: Platform
) -> None:
    down(gateway, NOT_THERE)
    merged_document = await document(gateway)
    assert NOT_THERE in merged_document["x-unavailable"]
    assert NOT_THERE in merged_document["info"]["description"]
    found = operations(merged_document)
    assert {("post", "/auth/login"), ("post", "/oauth/token"), ("get", "/registry/v1/regions/{code}")} <= {
        (method, path) for method, path, _ in found
    }
    for method, path, operation in found:
        permission = operation["x-permission"]
        assert permission["name"], path
        assert operation["security"] == ([] if permission.get("public") else [{"bearer": []}]), (method, path)
        assert "/internal" not in path
    ids = [operation["operationId"] for _, _, operation in found]
    assert len(ids) == len(set(ids))


async def test_every_reference_leads_somewhere(gateway: ServiceUnderTest) -> None:
    down(gateway, NOT_THERE)
    merged_document = await document(gateway)
    known = {f"#/components/schemas/{name}" for name in merged_document["components"]["schemas"]}
    assert references(merged_document) <= known


async def test_every_permission_can_be_held(gateway: ServiceUnderTest) -> None:
    """The two gates agree: who has a permission by level and duty, or by role, can have its scope."""
    down(gateway, NOT_THERE)
    for _, path, operation in operations(await document(gateway)):
        permission = operation["x-permission"]
        if permission.get("public") or not permission["scope"]:
            continue
        if permission["levels"]:
            for duty in permission["duties"] or list(Duty):
                can = permission["scope"] in rules.scopes({duty})
                assert can or not permission["duties"], f"{path}: {duty} never has {permission['scope']}"
            assert any(permission["scope"] in rules.scopes({duty}) for duty in permission["duties"] or list(Duty)), path
        for role in permission["clients"]:
            most = client_rules.SCOPES.get(Role(role)) or frozenset().union(*client_rules.SERVICES.values())
            assert permission["scope"] in most, f"{path}: a {role} never has {permission['scope']}"


def test_two_services_may_have_a_schema_of_the_same_name() -> None:
    def service(name: str, kind: str) -> dict[str, Any]:
        reference = {"$ref": "#/components/schemas/Page"}
        answer = {"200": {"content": {"application/json": {"schema": reference}}}}
        return {
            "openapi": "3.1.0",
            "info": {"version": "1"},
            "paths": {f"/{name}/v1/x": {"get": {"responses": answer}}, f"/{name}/internal/x": {"get": {}}},
            "components": {"schemas": {"Page": {"type": kind}}, "securitySchemes": {}},
        }

    both = merged(service("gateway", "null"), {"registry": service("registry", "string"), "jobs": None})
    assert both["components"]["schemas"] == {"gateway_Page": {"type": "null"}, "registry_Page": {"type": "string"}}
    answer = both["paths"]["/registry/v1/x"]["get"]["responses"]["200"]
    assert answer["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/registry_Page"}
    assert "/registry/internal/x" not in both["paths"]
    assert both["x-unavailable"] == ["jobs"]


async def test_the_page_needs_nothing_from_elsewhere(gateway: ServiceUnderTest) -> None:
    down(gateway, NOT_THERE)
    async with gateway.client() as http:
        page = await http.get("/docs")
    assert page.status_code == 200
    assert "default-src 'none'" in page.headers["content-security-policy"]
    for foreign in ("<script", "http://", "https://", "src="):
        assert foreign not in page.text, foreign
    for there in (
        "/registry/v1/regions/{code}",
        "查看行政区划",
        "registry:read",
        "/auth/login",
        "暂缺",
        "curl -X POST",
    ):
        assert there in page.text, there


def test_an_example_follows_the_schema() -> None:
    schemas = {"Inner": {"properties": {"at": {"type": "string", "format": "date"}}}}
    schema = {
        "properties": {
            "kind": {"enum": ["a", "b"]},
            "inner": {"type": "array", "items": {"$ref": "#/components/schemas/Inner"}},
            "maybe": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
            "code": {"type": "string", "examples": ["532504"]},
        }
    }
    assert example(schema, schemas) == {"kind": "a", "inner": [{"at": "2026-06-30"}], "maybe": 1, "code": "532504"}
    loop = {"Loop": {"properties": {"next": {"$ref": "#/components/schemas/Loop"}}}}
    assert example({"$ref": "#/components/schemas/Loop"}, loop) is not None
