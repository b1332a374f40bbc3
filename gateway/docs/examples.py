"""An example value for a JSON schema, from its examples, its choices, or its kind."""

from collections.abc import Mapping
from typing import Any

_FORMATS = {
    "date": "2026-06-30",
    "date-time": "2026-06-30T09:00:00+08:00",
    "uuid": "01981f6e-7c00-7000-8000-000000000001",
    "binary": "(文件 file)",
}
_KINDS: Mapping[str, Any] = {"string": "…", "integer": 1, "number": 1, "boolean": True, "null": None}
_DEPTH = 6


def example(schema: Mapping[str, Any], schemas: Mapping[str, Any], depth: int = 0) -> Any:
    """A value that the schema takes, patterns aside."""
    if "$ref" in schema:
        return example(schemas.get(schema["$ref"].rpartition("/")[2], {}), schemas, depth)
    if (given := _given(schema)) is not None:
        return given
    for choice in ("anyOf", "oneOf", "allOf"):
        if choice in schema:
            return example(schema[choice][0], schemas, depth)
    if schema.get("type") == "array":
        return [] if depth >= _DEPTH else [example(schema.get("items", {}), schemas, depth + 1)]
    if "properties" in schema:
        if depth >= _DEPTH:
            return {}
        return {name: example(part, schemas, depth + 1) for name, part in schema["properties"].items()}
    return _FORMATS.get(schema.get("format", ""), _KINDS.get(schema.get("type", ""), {}))


def _given(schema: Mapping[str, Any]) -> Any:
    for key in ("examples", "enum"):
        if schema.get(key):
            return schema[key][0]
    return schema.get("example", schema.get("const", schema.get("default")))
