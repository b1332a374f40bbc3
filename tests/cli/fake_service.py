"""A part small enough to start in a moment, and real: a process, a port, a database role of its own."""

import json
import os
import signal
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import psycopg

NAME = os.environ["BANGFU_SERVICE_CLIENT_ID"].removeprefix("service-")


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        answers = {"/health/ready": lambda: {"ready": True}, "/environment": lambda: dict(os.environ), "/user": user}
        if self.path == "/crash":
            sys.stderr.write(f"{NAME} crashes as told\n")
            os._exit(3)
        body = json.dumps(answers[self.path]()).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def user() -> dict[str, object]:
    with psycopg.connect(os.environ[f"{NAME.upper()}_DATABASE_URL"]) as connection:
        row = connection.execute("SELECT current_user, (SELECT max(run) FROM migration)").fetchone()
    assert row is not None
    return {"user": row[0], "migrations": row[1]}


def serve() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    HTTPServer((os.environ["BANGFU_HOST"], int(os.environ["BANGFU_PORT"])), Handler).serve_forever()


def worker() -> None:
    """One that does not listen to SIGTERM, and has a child of its own."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN if os.environ.get("FAKE_DEAF") else signal.SIG_DFL)
    time.sleep(600)


def migrate() -> None:
    if os.environ.get("FAKE_BROKEN") == NAME:
        sys.exit("the third migration is broken")
    with psycopg.connect(os.environ[f"{NAME.upper()}_MIGRATION_URL"]) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS migration (run bigint GENERATED ALWAYS AS IDENTITY)")
        connection.execute(f"GRANT SELECT ON migration TO bangfu_{NAME}_app")
        connection.execute("INSERT INTO migration DEFAULT VALUES")


def seed() -> None:
    clients = {one.name: len(one.read_text()) for one in Path(os.environ["BANGFU_SERVICE_CLIENTS_DIR"]).iterdir()}
    Path(sys.argv[3]).write_text(json.dumps({"clients": clients}))


if __name__ == "__main__":
    {"serve": serve, "worker": worker, "migrate": migrate, "seed": seed}[sys.argv[1]]()
