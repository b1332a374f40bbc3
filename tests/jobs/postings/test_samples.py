"""The sample postings: taken in where they are good, refused exactly where they are wrong on purpose."""

import json
from pathlib import Path

import pytest

from cli.samples.postings import FAULTS, sample, write
from services.registry.regions import dataset
from tests.factories.jobs import filed_organisation
from tests.fixtures import tokens
from tests.fixtures.platform import ServiceUnderTest

pytestmark = pytest.mark.anyio


def test_the_same_seed_gives_the_same_bytes_and_the_places_are_real(tmp_path: Path) -> None:
    for name in ("a.json", "b.json"):
        write(tmp_path / name)
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()
    assert json.loads((tmp_path / "a.manifest.json").read_text())["accepted"] == 100 - len(FAULTS)
    real = {division.code for division in dataset.read(["31", "44", "53"])}
    assert {item["work_region"] for item in sample().items} <= real


async def test_the_bulk_endpoint_refuses_what_the_manifest_names(jobs: ServiceUnderTest) -> None:
    org = await filed_organisation(jobs)
    made = sample()
    async with jobs.client(tokens.organisation(org)) as client:
        done = await client.post(
            "/jobs/v1/postings/bulk", json={"items": made.items}, headers={"Idempotency-Key": "samples-1"}
        )
    results = {r["index"]: r["errors"] for r in done.json()["results"] if r["outcome"] == "refused"}
    assert {n: [(e["pointer"], e["code"]) for e in errors] for n, errors in results.items()} == {
        n: [(f"/items/{n}{pointer}", code)] for n, (pointer, code) in made.refused.items()
    }
    assert done.json()["accepted"] == 95
