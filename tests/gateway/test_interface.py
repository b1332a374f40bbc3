"""The committed interface of the gateway is that of the code, and the command says so when it is not."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from cli.checks import openapi
from gateway.app import SERVICE


def test_the_committed_document_is_the_codes() -> None:
    assert openapi.check(["gateway"], write=False) == []


def test_a_change_is_found_and_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = replace(SERVICE, folder=tmp_path)
    monkeypatch.setattr(openapi, "declared", lambda _: {"gateway": elsewhere})
    monkeypatch.setattr(openapi, "ROOT", tmp_path)
    assert openapi.check(write=False) == [
        f"openapi.json is out of date: run `{openapi.COMMAND}`, read the difference, commit it"
    ]
    assert openapi.check(write=True) == []
    assert openapi.check(write=False) == []
    path = tmp_path / "openapi.json"
    document = json.loads(path.read_text())
    document["paths"]["/auth/login"]["post"]["x-permission"] = {"name": "public"}
    path.write_text(json.dumps(document))
    assert len(openapi.check(write=False)) == 1
