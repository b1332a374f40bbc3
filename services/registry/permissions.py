"""Who may do what in the registry. Bound to endpoints as annotated parameters."""

from typing import Annotated

from fastapi import Depends

from shared.auth import Principal, Role
from shared.errors import Text
from shared.permissions import ANY_LEVEL, Guard, Permission

REGION_READ = Permission(
    "registry.region.read",
    Text("查看行政区划", "Read divisions"),
    scope="registry:read",
    levels=ANY_LEVEL,
    clients=frozenset({Role.SYSTEM, Role.SERVICE}),
)
RegionReader = Annotated[Principal, Depends(Guard(REGION_READ))]

FEED_READ = Permission(
    "registry.feed.read",
    Text("读取变更流", "Read the change feed"),
    scope="feed:read",
    clients=frozenset({Role.SERVICE}),
)
FeedReader = Guard(FEED_READ)
