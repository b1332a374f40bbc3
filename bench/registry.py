"""The registry's reads beside the same statements in a bare FastAPI handler on asyncpg (`bench/bare.py`).

One person by id, and the first 50 of a village, asked for by officers of their counties with 16 connections. The
service runs as in production: its own process, three roles, row-level security, tokens verified; one process a side.
Two goals: at least half the bare handler's rate, and no slower than 1.3 times a register of a tenth of the size.
"""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

import asyncpg
from sqlalchemy.engine import make_url

from bench import bare, harness, people, processes, wrk
from bench.bare import ONE, PAGE
from bench.people import Place
from bench.processes import HOST
from bench.signer import Signer, signer
from cli.dev.postgres import Cluster, temporary_cluster
from cli.ops.database import provision
from shared import regions
from shared.crypto import Keyring, init_keys
from shared.reads import Read

PEOPLE = 200_000
SECONDS = 2.0
ROUNDS = 5
GOAL = 0.5
GROWTH_GOAL = 1.3
LIMIT = 50
READS = ("person", "village")
_WALK = 4_000
_MODULE = [sys.executable, "-m", "services.registry"]


@dataclass(frozen=True)
class Register:
    """A loaded database, and the environment of the service on it."""

    name: str
    people: int
    admin_url: str
    environment: dict[str, str]
    places: list[Place]


@dataclass(frozen=True)
class Running:
    """Ports of both sides on one register, and the requests to walk over."""

    register: Register
    service: int
    bare: int
    walks: dict[str, Path]
    process: subprocess.Popen[bytes]

    def load(self, port: int, read: str) -> dict[str, float]:
        start = Random(time.monotonic_ns()).randrange(_WALK)
        return wrk.walk(f"http://{HOST}:{port}", SECONDS, self.walks[read], start)


def prepare(cluster: Cluster, folder: Path, signs: Signer, count: int) -> Register:
    """Provision, migrate and fill a register, as an operator would up to the people."""
    name = f"bench_{count}"
    urls = provision(cluster.admin_url, prefix=name, services=["registry"])
    admin_url = make_url(cluster.admin_url).set(database=f"{name}_registry").render_as_string(hide_password=False)
    environment = {**os.environ, **urls, **_settings(folder, signs)}
    for command in (["migrate"], ["load-regions", people.PROVINCE]):
        subprocess.run([*_MODULE, *command], cwd=processes.ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
    started = time.perf_counter()
    places = asyncio.run(people.load(admin_url, Keyring.load(folder / "keys.json"), count))
    seconds = time.perf_counter() - started
    print(f"{len(places):,} people in {seconds:.0f} s ({len(places) / seconds:,.0f} a second)", file=sys.stderr)
    return Register(name, len(places), admin_url, environment, places)


def _settings(folder: Path, signs: Signer) -> dict[str, str]:
    init_keys(folder / "keys.json")
    (folder / "client-secret").write_text("not used: the service calls nobody")
    return {
        "BANGFU_ENVIRONMENT": "test",
        "BANGFU_HOST": HOST,
        "BANGFU_GATEWAY_URL": signs.url,
        "BANGFU_KEYS_FILE": str(folder / "keys.json"),
        "BANGFU_FILES_DIR": str(folder / "files"),
        "BANGFU_SERVICE_CLIENT_ID": "bench",
        "BANGFU_SERVICE_CLIENT_SECRET_FILE": str(folder / "client-secret"),
        "BANGFU_POOL_SIZE": str(bare.POOL_SIZE),
    }


@contextmanager
def started(register: Register, folder: Path, signs: Signer) -> Iterator[Running]:
    """Both sides on a register, answering and giving the same answers."""
    service, other = processes.free_port(), processes.free_port()
    walks = write_walks(register, folder, signs)
    path, token = walks["person"].read_text().partition("\n")[0].split(" ")
    environment = register.environment | {"BANGFU_PORT": str(service), bare.URL: register.admin_url}
    with (
        processes.running(
            [[*_MODULE, "serve"]],
            lambda: bool(processes.get(service, path, token)),
            environment,
            folder / f"{register.name}-service.log",
        ) as own,
        processes.running(
            [[sys.executable, "-m", "bench.bare", str(other)]],
            lambda: bool(processes.get(other, path)),
            environment,
        ),
    ):
        running = Running(register, service, other, walks, own[0])
        refuse_different(running)
        yield running


def write_walks(register: Register, folder: Path, signs: Signer) -> dict[str, Path]:
    """For each read a file of requests in random order, each with the token of an officer of the county."""
    rng = Random(register.people)
    tokens = {county: signs.officer(county) for county in sorted({regions.county(p.region) for p in register.places})}
    chosen = rng.sample(register.places, min(_WALK, len(register.places)))
    villages = sorted({place.region for place in register.places})
    rng.shuffle(villages)
    lines = {
        "person": [f"/registry/v1/persons/{one.id} {tokens[regions.county(one.region)]}" for one in chosen],
        "village": [f"/registry/v1/persons?region={v}&limit={LIMIT} {tokens[regions.county(v)]}" for v in villages],
    }
    files = {read: folder / f"{register.name}-{read}.txt" for read in READS}
    for read, file in files.items():
        file.write_text("\n".join(lines[read]) + "\n")
    return files


def refuse_different(running: Running) -> None:
    """A comparison is only one when both sides answer the same."""
    for read, file in running.walks.items():
        path, token = file.read_text().partition("\n")[0].split(" ")
        ours, theirs = processes.get(running.service, path, token), processes.get(running.bare, path)
        if ours is None or theirs is None or json.loads(ours) != json.loads(theirs):
            raise RuntimeError(f"{read}: the two sides do not answer the same\n{ours!r}\n{theirs!r}")


def count_statements(cluster: Cluster, running: Running, read: str) -> int:
    """How many statements the service's role sends for a request, BEGIN and COMMIT among them, by the server's log."""
    path, token = running.walks[read].read_text().partition("\n")[0].split(" ")

    async def configure(statement: str) -> None:
        connection = await asyncpg.connect(cluster.admin_url)  # type: ignore[no-untyped-call]
        await connection.execute(statement)
        await connection.execute("SELECT pg_reload_conf()")
        await connection.close()
        await asyncio.sleep(0.5)

    asyncio.run(configure("ALTER SYSTEM SET log_statement = 'all'"))
    before = cluster.log.stat().st_size
    for _ in range(10):  # more than one, as a connection's first request also prepares its statements
        processes.get(running.service, path, token)
    with cluster.log.open("rb") as log:
        log.seek(before)
        lines = log.read().decode().splitlines()
    asyncio.run(configure("ALTER SYSTEM RESET log_statement"))
    ours = [line for line in lines if f" {running.register.name}_registry_app LOG:" in line]
    return round(len(ours) / 10)


async def explain(register: Register, statement: Read, place: Place, region: str) -> str:
    """How the statement runs as the service's own role, for an officer of the county who asks within `region`."""
    low, high = regions.bounds(region)
    values = statement.arguments({"low": low, "high": high, "id": place.id, "limit": LIMIT})
    connection = await asyncpg.connect(register.environment["REGISTRY_DATABASE_URL"])  # type: ignore[no-untyped-call]
    try:
        async with connection.transaction():
            await connection.execute(f"SET LOCAL app.region = '{regions.county(place.region)}'")
            rows = await connection.fetch(f"EXPLAIN (ANALYZE, COSTS OFF) {statement.sql}", *values)
    finally:
        await connection.close()
    plan = "\n".join(row[0] for row in rows)
    if "Seq Scan" in plan:
        raise RuntimeError(f"the statement reads the whole table\n{plan}")
    return plan


def measure(large: Running, small: Running) -> dict[str, dict[str, dict[str, float]]]:
    """The median over the rounds, by read and side."""
    sides: dict[str, Callable[[str], dict[str, float]]] = {
        "service": lambda read: large.load(large.service, read),
        "bare": lambda read: large.load(large.bare, read),
        "small": lambda read: small.load(small.service, read),
    }
    found = {}
    for read in READS:
        for take in sides.values():
            take(read)
        found[read] = harness.alternate(ROUNDS, {side: _of(take, read) for side, take in sides.items()})
    return found


def _of(take: Callable[[str], dict[str, float]], read: str) -> Callable[[], dict[str, float]]:
    return lambda: take(read)


def main() -> None:
    wrk.need("wrk")
    size = harness.size()
    counts = (
        max(people.VILLAGE_SIZE * 20, round(PEOPLE * size)),
        max(people.VILLAGE_SIZE * 2, round(PEOPLE * size / 10)),
    )
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bangfu-bench-")))
        cluster = stack.enter_context(temporary_cluster())
        signs = stack.enter_context(signer())
        registers = [prepare(cluster, folder, signs, count) for count in counts]
        large, small = (stack.enter_context(started(register, folder, signs)) for register in registers)
        statements = {read: count_statements(cluster, large, read) for read in READS}
        place = large.register.places[-1]
        plans = {
            "person": asyncio.run(explain(large.register, ONE, place, regions.county(place.region))),
            "village": asyncio.run(explain(large.register, PAGE, place, place.region)),
        }
        found = measure(large, small)
    report(size, counts, found, statements, plans)


def report(
    size: float,
    counts: tuple[int, int],
    found: dict[str, dict[str, dict[str, float]]],
    statements: dict[str, int],
    plans: dict[str, str],
) -> None:
    ratios = {read: sides["service"]["rate"] / sides["bare"]["rate"] for read, sides in found.items()}
    growth = {read: sides["small"]["rate"] / sides["service"]["rate"] for read, sides in found.items()}
    labels = {"service": ("service", counts[0]), "bare": ("bare handler", counts[0]), "small": ("service", counts[1])}
    rows = [
        (read, *labels[side], taken["rate"], taken["p50"], taken["p99"])
        for read, sides in found.items()
        for side, taken in sides.items()
    ]
    for read, plan in plans.items():
        print(f"{read}, as the service's role:\n{plan}\n", file=sys.stderr)
    grown_well = max(growth.values()) <= GROWTH_GOAL
    result = harness.Result(
        bench="registry",
        size=size,
        figures=_figures(found, "service") | {f"{read}_growth": round(growth[read], 2) for read in READS},
        comparator=_figures(found, "bare"),
        ratio=min(ratios.values()),
        goal=GOAL,
        rest_met=grown_well,
        notes=[
            "",
            f"- Of the bare handler's rate: {_each(ratios)}.",
            f"- Times slower than with a tenth of the people: {_each(growth)}; goal ≤ {GROWTH_GOAL}: "
            f"{'met' if grown_well else 'not met'}.",
            f"- Statements a request, BEGIN with the scope and COMMIT among them: {_each(statements)}.",
            f"- {wrk.CONNECTIONS} connections over {_WALK:,} people and all villages in random order, one process a "
            "side, PostgreSQL on the same cores with fsync off (nothing is written).",
            "- Both sides decrypt and mask. Only the service verifies tokens, checks permissions, opens a transaction "
            "with the scope, is bound by row-level security, and counts.",
        ],
    )
    harness.report(result, ["read", "side", "people", "requests/s", "p50 ms", "p99 ms"], rows)


def _figures(found: dict[str, dict[str, dict[str, float]]], side: str) -> dict[str, float]:
    return {f"{read}_{key}": round(value, 2) for read, sides in found.items() for key, value in sides[side].items()}


def _each(values: Mapping[str, float]) -> str:
    return ", ".join(f"{read} {value:.3g}" for read, value in values.items())


if __name__ == "__main__":
    main()
