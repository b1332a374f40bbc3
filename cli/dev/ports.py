"""TCP ports of this machine."""

import socket
import time

from cli.errors import CommandError

HOST = "127.0.0.1"
_GRACE_SECONDS = 1.0  # children of a supervisor killed just now are still ending


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on now. Held open together while they are picked, so that all differ."""
    sockets = [socket.create_server((HOST, 0)) for _ in range(count)]
    try:
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


def is_free(port: int) -> bool:
    try:
        socket.create_server((HOST, port)).close()
    except OSError:
        return False
    return True


def refuse_used_ports(ports: dict[str, int]) -> None:
    """Raise CommandError naming each port that another program listens on."""
    deadline = time.monotonic() + _GRACE_SECONDS
    while used := [f"port {port} (for {name})" for name, port in ports.items() if not is_free(port)]:
        if time.monotonic() < deadline:
            time.sleep(0.05)
            continue
        raise CommandError(
            f"Another program listens on {', '.join(used)}. End it, or choose others with --port N "
            "(the services take N+101 to N+104; --port 0 takes free ones)."
        )
