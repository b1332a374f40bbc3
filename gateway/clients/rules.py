"""Which scopes a client may have at most, by its role."""

from collections.abc import Mapping, Set

from shared.auth import Role

SCOPES: Mapping[Role, Set[str]] = {
    Role.ORGANISATION: frozenset({"jobs:read", "jobs:write", "subsidy:read", "subsidy:write"}),
    Role.SYSTEM: frozenset(
        {"registry:read", "registry:write", "jobs:read", "subsidy:read", "subsidy:pay", "reporting:read"}
    ),
}

SERVICES: Mapping[str, Set[str]] = {
    "registry": frozenset({"jobs:read", "subsidy:read", "feed:read"}),
    "jobs": frozenset({"registry:read", "registry:write", "feed:read"}),
    "subsidy": frozenset({"registry:read", "registry:pii", "jobs:read", "feed:read"}),
    "reporting": frozenset({"registry:read", "jobs:read", "subsidy:read", "feed:read"}),
}
"""What each service asks of the others under its own name."""
