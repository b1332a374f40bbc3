"""The OpenAPI document of a service: problems instead of FastAPI's validation error, security, and permissions."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from shared.errors import MEDIA_TYPE, Forbidden, Invalid, ProblemDocument, Unauthenticated, Unavailable, problems

_GUARDED = problems(Unauthenticated, Forbidden, Unavailable)
_VALIDATED = problems(Invalid)


def install(app: FastAPI) -> None:
    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]


def _document(app: FastAPI) -> dict[str, Any]:
    schema = get_openapi(title=app.title, version=app.version, routes=app.routes)
    components = schema.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for replaced in ("HTTPValidationError", "ValidationError"):
        schemas.pop(replaced, None)
    problem = ProblemDocument.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= problem.pop("$defs", {})
    schemas["ProblemDocument"] = problem
    components["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}
    for path in schema.get("paths", {}).values():
        for operation in path.values():
            _complete(operation)
    return schema


def _complete(operation: dict[str, Any]) -> None:
    answers = operation.setdefault("responses", {})
    if "422" in answers and MEDIA_TYPE not in answers["422"].get("content", {}):
        answers["422"] = _VALIDATED[422]
    if operation["x-permission"].get("public"):
        operation["security"] = []
        return
    operation["security"] = [{"bearer": []}]
    for status, answer in _GUARDED.items():
        answers.setdefault(str(status), answer)
