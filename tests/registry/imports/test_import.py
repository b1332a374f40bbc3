"""Importing workbooks through the API: every good row once, every bad row back with its reason."""

from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from cli.samples import people as samples
from cli.samples.form import FIRST_ROW
from services.registry.imports import tasks
from services.registry.regions import dataset, loading
from shared import clock
from shared.spreadsheet import read_rows
from tests.fixtures import tokens
from tests.fixtures.platform import ServiceUnderTest

pytestmark = pytest.mark.anyio

COUNTY = samples.COUNTY
AS_OF = datetime(2018, 6, 28, 9, tzinfo=clock.BEIJING)
REASONS = {
    "check_digit": "check_digit",
    "birth_date": "birth",
    "unknown_village": "unknown_village",
    "numeric_id": "digits_lost",
    "fifteen_digits": "fifteen_digits",
    "unknown_ethnicity": "unknown_word",
    "missing_name": "missing",
    "future_employment": "future",
    "employed_without_place": "missing",
    "duplicate_id": "repeated_in_file",
}


@pytest.fixture(autouse=True)
def _survey_day() -> Iterator[None]:
    """Held for the process: the worker's own tasks and threads have to see it too."""
    clock.hold(AS_OF)
    yield
    clock.hold(None)


@pytest.fixture(autouse=True)
async def _divisions(registry: ServiceUnderTest) -> None:
    """The county of the sample with all its villages, and every county that its people work in."""
    found = [
        division
        for division in dataset.read(["31", "33", "44", "53"])
        if len(division.code) <= 6 or division.code.startswith(COUNTY)
    ]
    async with registry.runtime.database.system_session() as session:
        await loading.upsert(session, found)


@pytest.fixture(scope="module")
def sample() -> samples.Sample:
    return samples.people()


@pytest.fixture(scope="module")
def workbook(sample: samples.Sample, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path: Path = tmp_path_factory.mktemp("sample") / "people.xlsx"
    samples.write(path, sample)
    return path.read_bytes()


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[samples.Sample, bytes]:
    """Three hundred people, for what does not need two thousand."""
    path: Path = tmp_path_factory.mktemp("small") / "people.xlsx"
    made = samples.people(seed=7, count=300)
    samples.write(path, made)
    return made, path.read_bytes()


async def upload(registry: ServiceUnderTest, content: bytes, region: str = COUNTY, sub: str = "importer") -> Any:
    async with registry.client(tokens.officer(region, sub=sub)) as client:
        files = {"file": ("people.xlsx", content)}
        return await client.post("/registry/v1/imports", data={"region": region}, files=files)


async def progress(registry: ServiceUnderTest, import_id: str, token: str | None = None) -> dict[str, Any]:
    async with registry.client(token or tokens.officer(COUNTY)) as client:
        found: dict[str, Any] = (await client.get(f"/registry/v1/imports/{import_id}")).json()
    return found


async def counts(registry: ServiceUnderTest) -> dict[str, int]:
    statement = """
        SELECT (SELECT count(*) FROM person) AS people, (SELECT count(DISTINCT id_hmac) FROM person) AS numbers,
               (SELECT count(*) FROM person_key) AS keys, (SELECT count(*) FROM spell) AS spells,
               (SELECT count(*) FROM person WHERE status = 'employed') AS employed,
               (SELECT count(*) FROM household) AS households,
               (SELECT count(*) FROM outbox WHERE type = 'registry.person') AS person_events,
               (SELECT count(*) FROM outbox WHERE type = 'registry.spell') AS spell_events
    """
    async with registry.runtime.database.system_session() as session:
        return dict((await session.execute(text(statement))).mappings().one())


def expected(sample: samples.Sample) -> dict[str, int]:
    bad = {flaw.row for flaw in sample.bad}
    good = [row for number, row in enumerate(sample.rows, FIRST_ROW) if number not in bad]
    employed = sum(row.employed == "是" for row in good)
    people = len(good)
    return {
        "people": people, "numbers": people, "keys": people, "spells": employed, "employed": employed,
        "households": len({row.household for row in good}), "person_events": people, "spell_events": employed,
    }  # fmt: skip


@pytest.mark.rule("S003-F2")
async def test_two_thousand_people_go_in_and_the_bad_rows_come_back(
    registry: ServiceUnderTest, sample: samples.Sample, workbook: bytes
) -> None:
    uploaded = await upload(registry, workbook)
    assert uploaded.status_code == 202, uploaded.text
    import_id = uploaded.json()["id"]
    async with registry.client(tokens.officer(COUNTY)) as client:
        assert (await client.get(f"/registry/v1/imports/{import_id}/errors.xlsx")).status_code == 409
    await registry.run_jobs()
    found = await progress(registry, import_id)
    bad = {flaw.row: REASONS[flaw.kind.value] for flaw in sample.bad}
    settled = (found["state"], found["rows"], found["done"], found["refused"])
    assert settled == ("done", len(sample.rows), len(sample.rows) - len(bad), len(bad))
    assert found["rate"] > 0
    assert await counts(registry) == expected(sample)
    async with registry.runtime.database.system_session() as session:
        refusals = await session.execute(text("SELECT row, errors FROM import_refusal ORDER BY row"))
        assert {each.row: each.errors[0][1] for each in refusals} == bad
        chunks = await session.scalar(
            text("SELECT count(*) FROM audit_entry WHERE action = 'registry:import:chunk' AND actor = 'importer'")
        )
        assert chunks == -(-len(sample.rows) // tasks.CHUNK)
    async with registry.client(tokens.officer(COUNTY)) as client:
        answer = await client.get(found["errors_url"])
    assert answer.headers["content-type"].startswith("application/vnd.openxmlformats")
    with read_rows(answer.content) as sheet:
        first = [row.cells[0] for row in sheet]
    assert [number for number in first if str(number).isdigit()] == [str(row) for row in sorted(bad)]


async def test_a_job_that_dies_goes_on_without_a_row_lost_or_twice(
    registry: ServiceUnderTest, sample: samples.Sample, workbook: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_id = (await upload(registry, workbook)).json()["id"]
    note, noted = tasks._note, 0

    async def dies_in_the_fourth_chunk(*given: Any) -> None:
        nonlocal noted
        await note(*given)
        noted += 1
        if noted == 4:
            raise RuntimeError("the machine went away before the commit")

    monkeypatch.setattr(tasks, "_note", dies_in_the_fourth_chunk)
    with pytest.raises(RuntimeError):
        await tasks.import_people(registry.runtime, import_id)
    half = await progress(registry, import_id)
    assert (half["state"], half["done"] + half["refused"]) == ("running", 3 * tasks.CHUNK)
    assert half["seconds_left"] is not None
    assert (await counts(registry))["people"] == half["done"]
    await registry.run_jobs()
    assert (await progress(registry, import_id))["state"] == "done"
    assert noted == 4 + -(-(len(sample.rows) - 3 * tasks.CHUNK) // tasks.CHUNK)
    assert await counts(registry) == expected(sample)
    await tasks.import_people(registry.runtime, import_id)
    assert await counts(registry) == expected(sample), "a job delivered twice changes nothing"
    refused = await progress(registry, import_id)
    assert refused["refused"] == len(sample.bad), "a repetition of a row before the crash is still found"


async def test_the_same_file_is_recognised_and_another_officers_finds_everybody_registered(
    registry: ServiceUnderTest, small: tuple[samples.Sample, bytes]
) -> None:
    sample, content = small
    first = await upload(registry, content)
    await registry.run_jobs()
    again = await upload(registry, content)
    assert (again.status_code, again.json()["id"], again.json()["repeated"]) == (200, first.json()["id"], True)
    other = await upload(registry, content, sub="somebody else")
    assert other.status_code == 202
    await registry.run_jobs()
    found = await progress(registry, other.json()["id"])
    assert (found["state"], found["done"], found["refused"]) == ("done", 0, len(sample.rows))
    assert await counts(registry) == expected(sample)


async def test_a_village_imports_its_own_people_only(
    registry: ServiceUnderTest, small: tuple[samples.Sample, bytes]
) -> None:
    sample, content = small
    bad = {flaw.row for flaw in sample.bad}
    village = sample.rows[0].village
    import_id = (await upload(registry, content, region=village)).json()["id"]
    await registry.run_jobs()
    own = [row for n, row in enumerate(sample.rows, FIRST_ROW) if n not in bad and row.village == village]
    found = await progress(registry, import_id, tokens.officer(village))
    assert (found["done"], found["refused"]) == (len(own), len(sample.rows) - len(own))
    async with registry.runtime.database.system_session() as session:
        outside = await session.scalar(
            text("SELECT count(*) FROM import_refusal WHERE errors::text LIKE '%outside_region%'")
        )
    assert outside
    path = f"/registry/v1/imports/{import_id}"
    sees = {village: 200, village[:9]: 200, COUNTY: 200, "532503": 404, village[:9] + "299": 404, "530302": 404}
    for region, status in sees.items():
        async with registry.client(tokens.officer(region)) as client:
            assert (await client.get(path)).status_code == status, region
            assert (await client.get(f"{path}/errors.xlsx")).status_code == status, region
    async with registry.client(tokens.officer(village)) as client:
        files = {"file": ("people.xlsx", content)}
        outside_own = await client.post("/registry/v1/imports", data={"region": COUNTY}, files=files)
        assert outside_own.status_code == 403


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"PK\x03\x04 not a workbook", None), ("甲,乙\n1,2\n".encode(), "header-not-found"), (b"\x00\x01", None)],
)
async def test_what_is_not_a_workbook_of_the_form_fails_with_its_reason(
    registry: ServiceUnderTest, content: bytes, code: str | None
) -> None:
    uploaded = await upload(registry, content)
    await registry.run_jobs()
    found = await progress(registry, uploaded.json()["id"])
    assert (found["state"], found["done"]) == ("failed", 0)
    assert code is None or found["failure"]["code"] == code
    assert (await upload(registry, content)).status_code == 202, "a failed file may be sent again"


async def test_a_file_that_is_too_large_is_refused_at_once(registry: ServiceUnderTest) -> None:
    answer = await upload(registry, BytesIO(bytes(20 * 1024 * 1024 + 1)).getvalue())
    assert (answer.status_code, answer.json()["type"].rsplit("/", 1)[1]) == (413, "upload-too-large")
