"""Known values are planted through the API, a season is played with its errors, and then everything is searched.

Looked through, in UTF-8 and GB18030: logs, answers, feeds, every table of every database as text, the server's own data
files and write-ahead log as bytes, and the folders of files. The search itself is proved by a value left in plain.
"""

import mmap
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from psycopg import sql

from cli.samples import form
from shared import clock
from tests.factories import registry as make
from tests.fixtures import tokens
from tests.fixtures.platform import Platform
from tests.fixtures.postgres import ServiceDatabases
from tests.fixtures.scenario import HOME, TODAY, Season, play
from tests.security.declared import APPLICATIONS

pytestmark = pytest.mark.anyio

NAMES = {"name": "尉迟甄翎", "imported name": "令狐璟昀", "refused name": "濮阳翮霁", "holder": "澹台账户"}
NUMBERS = {
    "phone": "13911224455",
    "imported phone": "13855667788",
    "account": "6217003860013572468",
    "ID number": make.id_number("19790213"),
    "imported ID number": make.id_number("19810317"),
    "wrong ID number": "532504197902139999",
}
PLANTED = NAMES | NUMBERS


def _patterns(values: dict[str, str]) -> dict[str, list[bytes]]:
    return {label: [value.encode(), value.encode("gb18030")] for label, value in values.items()}


def _hits(place: str, content: bytes | mmap.mmap, values: dict[str, str]) -> Iterator[str]:
    for label, patterns in _patterns(values).items():
        if any(content.find(pattern) >= 0 for pattern in patterns):
            yield f"{label} in {place}"


def _in_files(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*"):
        try:
            if not path.is_file() or path.stat().st_size == 0:
                continue
            with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
                yield from _hits(str(path.relative_to(folder)), content, PLANTED)
        except FileNotFoundError:  # another test's database was dropped meanwhile
            continue


def _in_tables(databases: ServiceDatabases) -> Iterator[str]:
    for service in APPLICATIONS:
        databases.url(service)
        with databases.admin(service) as admin:
            for (table,) in admin.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall():
                statement = sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(str(table)))
                with admin.cursor() as cursor, cursor.copy(statement) as copy:
                    yield from _hits(f"{service}.{table}", b"".join(bytes(part) for part in copy), PLANTED)


def _data_folder(databases: ServiceDatabases) -> Path:
    with databases.admin("registry") as admin:
        admin.execute("CHECKPOINT")
        (folder,) = admin.execute("SHOW data_directory").fetchone() or ("",)
    return Path(str(folder)).parent


async def test_nothing_personal_is_left_anywhere(
    services: Platform,
    databases: ServiceDatabases,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("DEBUG")
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    season = await play(
        services,
        {"holder": NAMES["holder"], "account": NUMBERS["account"]},
        name=NAMES["name"], phone=NUMBERS["phone"], id_number=NUMBERS["ID number"],
    )  # fmt: skip
    clock.hold(TODAY)
    try:
        await _import(season, tmp_path)
        await _make_mistakes(season)
    finally:
        clock.hold(None)
    feeds = await _feeds(services)
    found = [
        *_hits("logs", (caplog.text + "".join(capfd.readouterr())).encode(), PLANTED),
        *_hits("feeds", feeds.encode(), PLANTED),
        *(hit for answer in season.answers for hit in _in_answer(answer)),
        *_in_tables(databases),
        *_in_files(_data_folder(databases)),
        *_in_files(tmp_path / "files"),
        *_in_files(tmp_path / "temporary"),
    ]
    assert not found, "\n".join(sorted(set(found)))
    assert season.person["id"] in feeds
    _the_search_finds(databases)


def _in_answer(answer: Any) -> Iterator[str]:
    """No answer here asked to unmask; a refusal does not repeat even a name."""
    values = PLANTED if answer.status_code >= 400 else NUMBERS
    yield from _hits(
        f"answer {answer.status_code} of {answer.request.method} {answer.request.url}", answer.content, values
    )


def _the_search_finds(databases: ServiceDatabases) -> None:
    """A value in plain is seen in its table, and in the data files."""
    with databases.admin("registry") as admin:
        admin.execute("CREATE TABLE scratch (value text)")
        admin.execute("INSERT INTO scratch VALUES (%s)", [NAMES["name"]])
    try:
        assert "name in registry.scratch" in set(_in_tables(databases))
        assert any(hit.startswith("name in ") for hit in _in_files(_data_folder(databases)))
    finally:
        with databases.admin("registry") as admin:
            admin.execute("DROP TABLE scratch")


async def _import(season: Season, folder: Path) -> None:
    """One person is taken in, one refused; the officer reads the reasons."""
    workbook = folder / "annex2.xlsx"
    rows = [
        _row(NAMES["imported name"], NUMBERS["imported ID number"], NUMBERS["imported phone"]),
        _row(NAMES["refused name"], NUMBERS["wrong ID number"], NUMBERS["imported phone"]),
    ]
    form.write(workbook, rows, datetime(2018, 6, 1))  # noqa: DTZ001
    content = workbook.read_bytes()
    workbook.unlink()
    officer, file = tokens.officer(HOME), {"file": ("annex2.xlsx", content)}
    sent = await season.call("registry", officer, "POST", "/imports", 202, files=file, data={"region": HOME})
    await season.platform.service("registry").run_jobs()
    done = await season.call("registry", officer, "GET", f"/imports/{sent.json()['id']}", 200)
    assert (done.json()["state"], done.json()["done"], done.json()["refused"]) == ("done", 1, 1), done.text


def _row(name: str, id_number: str, phone: str) -> form.Row:
    return form.Row(
        name, "男", id_number, "彝族", "群众", "初中", "健康或良好", "普通劳动力",
        phone, "否", "", "", "", "县外", "职业介绍", HOME, f"H{id_number[-6:]}", "户主", "脱贫户",
    )  # fmt: skip


async def _make_mistakes(season: Season) -> None:
    """What goes wrong every day, with the values in it: repeated, misspelt, misplaced, sought by their text."""
    officer, other = tokens.officer(HOME), tokens.officer(tokens.NEIGHBOUR_VILLAGE)
    body = make.person(HOME, name=NAMES["name"], phone=NUMBERS["phone"], id_number=NUMBERS["ID number"])
    mistakes: list[tuple[str, str, dict[str, Any]]] = [
        (officer, "/persons", body),
        (other, "/persons", body | {"region": tokens.NEIGHBOUR_VILLAGE}),
        (officer, "/persons", body | {"id_number": NUMBERS["wrong ID number"]}),
        (officer, "/persons", body | {"sex": NAMES["name"], "phone": NAMES["refused name"]}),
        (officer, "/persons", body | {"household": {"number": NUMBERS["phone"] + "/", "category": NAMES["name"]}}),
        (officer, f"/persons/{season.person['id']}/spells", {"kind": NAMES["name"]}),
    ]
    for token, path, given in mistakes:
        answer = await season.call("registry", token, "POST", path, json=given)
        assert answer.status_code in (409, 422), answer.text
    await season.call("registry", officer, "POST", "/persons", 422, json=body | {NAMES["name"]: 1})
    season.answers.pop()  # the pointer to an unknown field has to name it; it goes to who wrote it, and nowhere else
    payee = {"person_id": season.person["id"], "kind": NAMES["holder"], "account": NUMBERS["account"] + "x"}
    await season.call("subsidy", officer, "POST", "/payees", 422, json=payee, headers={"Idempotency-Key": "mistaken-1"})
    gateway = season.platform.service("gateway")
    async with gateway.client() as client:
        login = await client.post("/auth/login", json={"username": "nobody", "password": NAMES["name"]})
    season.answers.append(login)


async def _feeds(services: Platform) -> str:
    texts = []
    for name in ("registry", "jobs", "subsidy"):
        async with services.service(name).client(tokens.service("reporting")) as client:
            for kind in ("changes", "snapshot"):
                answer = await client.get(f"/{name}/v1/{kind}", params={"limit": 1000})
                assert answer.status_code == 200
                texts.append(answer.text)
    return "".join(texts)
