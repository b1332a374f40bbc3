"""Two gates for every operation: a scope in the token, and a permission by level, department and duty.

A service declares its permissions in its `permissions.py` and binds them to endpoints as annotated parameters:

    PERSON_READ = Permission("registry.person.read", Text("查看人员", "Read people"), scope="registry:read", …)
    PersonReader = Annotated[Principal, Depends(Guard(PERSON_READ))]

Where a row lies is not asked here: rows outside the caller's region are invisible (404) by query and by row-level
security. An operation without a guard does not start; each guard stands in the OpenAPI document as `x-permission`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts

from shared.auth import OFFICERS, Department, Duty, Principal, Role
from shared.errors import Forbidden, Text, Unauthenticated

ANY_LEVEL = OFFICERS
COUNTY_AND_ABOVE = frozenset({Role.PROVINCE, Role.CITY, Role.COUNTY})
TOWNSHIP_AND_ABOVE = COUNTY_AND_ABOVE | {Role.TOWNSHIP}


@dataclass(frozen=True, slots=True)
class Permission:
    """Who may do one thing. Empty `departments` or `duties` mean any; `levels` empty means no officer."""

    name: str
    text: Text
    scope: str
    levels: frozenset[Role] = frozenset()
    departments: frozenset[Department] = frozenset()
    duties: frozenset[Duty] = frozenset()
    clients: frozenset[Role] = frozenset()

    def allows(self, caller: Principal) -> bool:
        if self.scope not in caller.scopes:
            return False
        if not caller.is_officer:
            return caller.role in self.clients
        return (
            caller.role in self.levels
            and (not self.departments or caller.department in self.departments)
            and (not self.duties or bool(self.duties & caller.duties))
        )

    def document(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "description": f"{self.text.zh} {self.text.en}",
            "scope": self.scope,
            "levels": sorted(self.levels),
            "departments": sorted(self.departments),
            "duties": sorted(self.duties),
            "clients": sorted(self.clients),
        }


class Guard:
    """The dependency that lets a caller through, or raises 401 (nobody) or 403 (somebody, but not permitted)."""

    def __init__(self, permission: Permission) -> None:
        self.permission = permission

    async def __call__(self, request: Request) -> Principal:
        caller: Principal | None = request.scope.get("principal")
        if caller is None:
            raise Unauthenticated
        if not self.permission.allows(caller):
            raise Forbidden(
                Text(
                    f"您的身份不能进行“{self.permission.text.zh}”",
                    f"Your role does not permit: {self.permission.text.en}",
                ),
                permission=self.permission.name,
            )
        return caller


async def _public() -> None:
    """No token is needed."""


Public = Annotated[None, Depends(_public)]
"""Marks an operation that anybody may call."""


def rules(app: FastAPI) -> dict[tuple[str, str], dict[str, Any]]:
    """The rule of each operation by path and method, health and hidden ones too. Raises for one without a rule."""
    return {
        (str(route.path_format), method): _rule_of(route)
        for route in iter_route_contexts(app.routes)
        if isinstance(route.original_route, APIRoute)
        for method in route.methods or ()
    }


def _rule_of(route: RouteContext) -> dict[str, Any]:
    calls = list(_calls(route.dependant))
    guards = [call for call in calls if isinstance(call, Guard)]
    if len(guards) == 1:
        return guards[0].permission.document()
    if not guards and _public in calls:
        return {"name": "public", "public": True}
    raise RuntimeError(
        f"{sorted(route.methods or ())} {route.path} declares {len(guards)} permissions: give the endpoint exactly one "
        "guarded caller parameter, or Public"
    )


def _calls(dependant: Dependant) -> Iterator[Any]:
    yield dependant.call
    for child in dependant.dependencies:
        yield from _calls(child)
