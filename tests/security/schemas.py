"""Bodies made from the OpenAPI document: one that is as good as a schema can tell, and that one with a fault in it."""

import copy
import re
from collections.abc import Iterator
from typing import Any

from tests.security.declared import NOBODY

_FORMATS = {"uuid": str(NOBODY), "date": "2018-03-01", "date-time": "2018-03-01T00:00:00Z", "binary": "x"}
_BY_PATTERN = ("532504100201", "532504", "53", "300.00", "13800001111", "abcdefgh12", "A" * 18, "1", "a")


def sample(schema: dict[str, Any], components: dict[str, Any], depth: int = 0) -> Any:
    """A value of the schema with everything filled in that it names."""
    if "$ref" in schema:
        return sample(components[schema["$ref"].rsplit("/", 1)[1]], components, depth + 1)
    for key in ("const", "default"):
        if schema.get(key) is not None:
            return schema[key]
    for key in ("enum", "examples"):
        if schema.get(key):
            return schema[key][0]
    for key in ("anyOf", "oneOf", "allOf"):
        if key in schema:
            return sample(schema[key][0], components, depth)
    return _of_type(schema, components, depth)


def _of_type(schema: dict[str, Any], components: dict[str, Any], depth: int) -> Any:
    kind = schema.get("type")
    if kind == "object":
        given = schema.get("properties", {}).items()
        return {name: sample(inner, components, depth + 1) for name, inner in given} if depth < 8 else {}
    if kind == "array":
        return [sample(schema["items"], components, depth + 1)] if schema.get("items") and depth < 8 else []
    if kind in ("integer", "number"):
        return schema.get("minimum", 1)
    if kind == "boolean":
        return True
    return _string(schema) if kind == "string" else None


def _string(schema: dict[str, Any]) -> str:
    if schema.get("format") in _FORMATS:
        return _FORMATS[str(schema["format"])]
    pattern: str | None = schema.get("pattern")
    if pattern:
        return next((each for each in _BY_PATTERN if re.search(pattern, each)), "1")
    return "示例文字" * (1 + int(schema.get("minLength", 1)) // 4)


def with_faults(body: Any, faults: list[Any]) -> Iterator[tuple[str, Any]]:
    """The body with each fault in each place, one at a time, and the place as a JSON pointer."""
    for path in _places(body, ()):
        for fault in faults:
            changed = copy.deepcopy(body)
            holder = changed
            for step in path[:-1]:
                holder = holder[step]
            holder[path[-1]] = fault
            yield "/" + "/".join(map(str, path)), changed


def _places(value: Any, path: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in steps:
        yield (*path, step)
        yield from _places(inner, (*path, step))
