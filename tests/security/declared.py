"""What the services declare: every operation of every service's OpenAPI document, with its rule.

Nothing here names an operation: a service is found by its `app.py`, its operations by its own document, so that what is
added tomorrow falls under the tests of today.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from jwt.algorithms import OKPAlgorithm

from tests.fixtures import tokens
from tests.fixtures.platform import Platform, ServiceUnderTest

ROOT = Path(__file__).parents[2]
SERVICES = sorted(path.parent.name for path in ROOT.glob("services/*/app.py"))
APPLICATIONS = [*SERVICES, *(["gateway"] if (ROOT / "gateway/app.py").exists() else [])]
NOBODY = UUID("01890000-0000-7000-8000-00000000dead")
"""An id that nothing has."""

_METHODS = frozenset({"get", "post", "put", "patch", "delete"})


@dataclass(frozen=True)
class Operation:
    """One operation as its service's OpenAPI document has it."""

    service: str
    method: str
    path: str
    rule: dict[str, Any]
    parameters: list[dict[str, Any]] = field(repr=False)
    body: dict[str, Any] | None = field(repr=False)

    @property
    def public(self) -> bool:
        return bool(self.rule.get("public"))

    @property
    def media_types(self) -> list[str]:
        return list(self.body["content"]) if self.body else []

    @property
    def path_names(self) -> list[str]:
        return [parameter["name"] for parameter in self.parameters if parameter["in"] == "path"]

    def filled(self, **values: object) -> str:
        """The path with values in it; what is not given gets one of the right type that names nothing."""
        path = self.path
        for parameter in self.parameters:
            if parameter["in"] == "path":
                value = values.get(parameter["name"], _dummy(parameter["schema"]))
                path = path.replace(f"{{{parameter['name']}}}", str(value))
        return path

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def under_test(services: Platform, name: str) -> ServiceUnderTest:
    """A service that believes the tokens of the tests; the gateway would believe only its own."""
    made = services.service(name)
    if name == "gateway":
        key = json.loads(OKPAlgorithm.to_jwk(tokens.KEY.public_key()))
        made.runtime.trust.refresh({"keys": [key | {"kid": tokens.KID}]}, revoked=[])
    return made


def operations(service: str, app: FastAPI) -> list[Operation]:
    found = [
        Operation(
            service,
            method.upper(),
            path,
            operation["x-permission"],
            operation.get("parameters", []),
            operation.get("requestBody"),
        )
        for path, methods in app.openapi()["paths"].items()
        for method, operation in methods.items()
        if method in _METHODS
    ]
    assert found, f"{service} declares no operation"
    return found


def may(
    rule: dict[str, Any], role: str, department: str | None, duties: frozenset[str], scopes: frozenset[str]
) -> bool:
    """Whether the published rule lets this caller through, read from the document alone."""
    if rule["scope"] and rule["scope"] not in scopes:
        return False
    if role in ("organisation", "system", "service"):
        return role in rule["clients"]
    if role not in rule["levels"]:
        return False
    if rule["departments"] and department not in rule["departments"]:
        return False
    return not rule["duties"] or not duties.isdisjoint(rule["duties"])


def hidden_paths(app: FastAPI) -> Iterator[str]:
    """Paths that the application answers but its OpenAPI document leaves out."""
    documented = set(app.openapi()["paths"])
    return (str(route.path) for route in iter_route_contexts(app.routes) if route.path not in documented)


def _dummy(schema: dict[str, Any]) -> object:
    if schema.get("format") == "uuid":
        return NOBODY
    if schema.get("type") == "integer":
        return 1
    return schema.get("examples", ["none"])[0]
