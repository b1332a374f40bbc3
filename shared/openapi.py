"""The OpenAPI document of a service: problems instead of FastAPI's validation error, security, and permissions."""

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from shared.errors import MEDIA_TYPE, Forbidden, Invalid, ProblemDocument, Unauthenticated, Unavailable, problems

_GUARDED = problems(Unauthenticated, Forbidden, Unavailable)
_VALIDATED = problems(Invalid)


Rules = Mapping[tuple[str, str], dict[str, Any]]
"""The permission of each operation, by path and method."""


def install(app: FastAPI, rules: Rules) -> None:
    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app, rules)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]


def _document(app: FastAPI, rules: Rules) -> dict[str, Any]:
    schema = get_openapi(title=app.title, version=app.version, routes=app.routes)
    components = schema.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for replaced in ("HTTPValidationError", "ValidationError"):
        schemas.pop(replaced, None)
    problem = ProblemDocument.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= problem.pop("$defs", {})
    schemas["ProblemDocument"] = problem
    components["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}
    for path, operations in schema.get("paths", {}).items():
        for method, operation in operations.items():
            _complete(operation, rules[path, method.upper()])
    return schema


def _complete(operation: dict[str, Any], rule: dict[str, Any]) -> None:
    operation["x-permission"] = rule
    answers = operation.setdefault("responses", {})
    if "422" in answers and MEDIA_TYPE not in answers["422"].get("content", {}):
        answers["422"] = _VALIDATED[422]
    if rule.get("public"):
        operation["security"] = []
        return
    operation["security"] = [{"bearer": []}]
    for status, answer in _GUARDED.items():
        answers.setdefault(str(status), answer)
