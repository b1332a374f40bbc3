"""`python -m shared.health`: ends with 0 when the process in this container is ready, for health checks."""

import http.client
import sys

from shared.settings import Settings


def ready(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=4)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(0 if ready(Settings().port) else 1)
