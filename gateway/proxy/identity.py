"""Who asks, as far as the door needs to know it."""

from collections.abc import Callable

from gateway.proxy.headers import Raw
from shared.auth import TokenVerifier, bearer

# Given the raw ASGI headers: the subject of a good token, None without one, or a Problem for a bad one.
Authenticate = Callable[[Raw], str | None]


def token_check(verifier: TokenVerifier) -> Authenticate:
    """The door's check: a bad token goes no further, a missing one is for the service to judge (some are public)."""

    def authenticate(headers: Raw) -> str | None:
        for name, value in headers:
            if name == b"authorization":
                token = bearer(value.decode("latin-1"))
                return verifier.verify(token).subject if token else None
        return None

    return authenticate
