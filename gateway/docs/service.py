"""One OpenAPI document of the whole platform, merged from the services' own."""

import asyncio
import time
from collections.abc import Mapping
from typing import Any

from shared.client import Answered, ServiceClient
from shared.errors import BadGateway, Unavailable
from shared.logs import logger

log = logger(__name__)

Document = dict[str, Any]

FRESH_SECONDS = 300.0
RETRY_SECONDS = 10.0
_COMMON = frozenset({"ProblemDocument", "FieldErrorDocument"})
_REF = "#/components/schemas/"


class Documents:
    """The services' documents, fetched from inside and kept for a while; a service that is down keeps its last."""

    def __init__(self, services: Mapping[str, ServiceClient]) -> None:
        self._services = services
        self._known: dict[str, Document | None] = {}
        self._until = 0.0
        self._lock = asyncio.Lock()

    async def all(self) -> Mapping[str, Document | None]:
        """By service; None for one that has not answered yet."""
        async with self._lock:
            if time.monotonic() >= self._until:
                fetched = await asyncio.gather(*map(self._fetch, self._services))
                self._known |= {name: document for name, document in fetched if document or name not in self._known}
                missing = any(document is None for _, document in fetched)
                self._until = time.monotonic() + (RETRY_SECONDS if missing else FRESH_SECONDS)
            return dict(self._known)

    async def _fetch(self, name: str) -> tuple[str, Document | None]:
        try:
            return name, await self._services[name].request("GET", f"/{name}/openapi.json", public=True)
        except (Unavailable, BadGateway, Answered) as problem:
            log.warning("no document", service=name, error=type(problem).__name__)
            return name, None


def merged(own: Document, services: Mapping[str, Document | None]) -> Document:
    """The gateway's document with the public operations of the services that answered.

    Schemas are named after their service, as two may have a `Page`; `/<service>/internal` is left out.
    """
    document: Document = {
        "openapi": own["openapi"],
        "info": {
            "title": "帮扶 Bangfu API",
            "version": own["info"]["version"],
            "description": _description(services),
        },
        "servers": [{"url": "/"}],
        "tags": [],
        "paths": {},
        "components": {"schemas": {}, "securitySchemes": own["components"]["securitySchemes"]},
        "x-unavailable": sorted(name for name, part in services.items() if part is None),
    }
    for name, part in (("gateway", own), *services.items()):
        if part is not None:
            _add(document, name, part)
    return document


def _description(services: Mapping[str, Document | None]) -> str:
    text = "就业帮扶平台全部公开接口。错误均为 RFC 9457 问题文档。 Every public operation of the platform."
    missing = sorted(name for name, part in services.items() if part is None)
    return f"{text}\n\n暂缺(服务未应答) missing, did not answer: {', '.join(missing)}" if missing else text


def _add(document: Document, name: str, part: Document) -> None:
    schemas = document["components"]["schemas"]
    for schema, content in part.get("components", {}).get("schemas", {}).items():
        schemas[_renamed(name, schema)] = _rewritten(name, content)
    groups = []
    for path, operations in part["paths"].items():
        if name != "gateway" and not path.startswith(f"/{name}/v1/"):
            continue
        document["paths"][path] = _rewritten(name, operations)
        for operation in document["paths"][path].values():
            operation["tags"] = [f"{name}: {tag}" for tag in operation.get("tags", [name])]
            operation["x-service"] = name
            groups += operation["tags"]
    document["tags"] += [{"name": tag, "x-service": name} for tag in dict.fromkeys(groups)]


def _renamed(service: str, schema: str) -> str:
    return schema if schema in _COMMON else f"{service}_{schema}"


def _rewritten(service: str, node: Any) -> Any:
    """A copy whose references point to the renamed schemas."""
    if isinstance(node, list):
        return [_rewritten(service, child) for child in node]
    if not isinstance(node, dict):
        return _reference(service, node) if isinstance(node, str) and node.startswith(_REF) else node
    return {key: _rewritten(service, child) for key, child in node.items()}


def _reference(service: str, reference: str) -> str:
    return _REF + _renamed(service, reference.removeprefix(_REF))
