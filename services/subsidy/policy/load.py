"""Reads packs from `packs/<region>/<document>.yaml`. A pack that is not wholly sound does not load.

A pack's digest is the hash of its content as canonical JSON: comments and layout do not change it, any word does.
What is hashed is what is then validated.
"""

import hashlib
import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from services.subsidy.policy import checks
from services.subsidy.policy.applicability import Packs, overlapping
from services.subsidy.policy.model import Pack

DIRECTORY = Path(__file__).parent / "packs"


class PackError(ValueError):
    """A pack that must not load, with everything that is wrong with it."""

    def __init__(self, pack: str, problems: list[str]) -> None:
        super().__init__(f"policy pack {pack} does not load:\n" + "\n".join(f"  - {problem}" for problem in problems))
        self.problems = problems


@cache
def packs() -> Packs:
    """The packs of this build, read once per process."""
    return read_all(DIRECTORY)


def read_all(directory: Path, documents: Path | None = None) -> Packs:
    """All packs under a folder. With `documents`, every quote is looked up in its document. Raises PackError."""
    loaded = tuple(read_file(path, directory, documents) for path in sorted(directory.glob("*/*.yaml")))
    for one, other, benefit in overlapping(loaded):
        raise PackError(
            one.id, [f"{other.id} grants {benefit} in the same place at the same time; end or supersede one"]
        )
    return Packs(loaded)


def read_file(path: Path, directory: Path, documents: Path | None = None) -> Pack:
    """One pack; its id is its place under `directory` without the ending."""
    name = path.relative_to(directory).with_suffix("").as_posix()
    pack = read_text(path.read_text(encoding="utf-8"), name)
    if documents is not None and (missing := quotes_missing(pack, documents)):
        raise PackError(name, missing)
    return pack


def read_text(text: str, name: str) -> Pack:
    """A pack from YAML text, checked whole. Raises PackError."""
    try:
        content = yaml.load(text, Loader=_Loader)  # noqa: S506 (a safe loader that also refuses repeated keys)
        canonical = json.dumps(content, default=_iso, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    except (yaml.YAMLError, TypeError) as error:
        raise PackError(name, [str(error)]) from None
    if not isinstance(content, dict) or "digest" in content:
        raise PackError(name, ["a pack is a mapping and does not state its own digest"])
    digest = "sha256:" + hashlib.sha256(canonical.encode()).hexdigest()
    try:
        pack = Pack.model_validate_json(json.dumps(json.loads(canonical) | {"digest": digest}, ensure_ascii=False))
    except ValidationError as error:
        raise PackError(name, [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]) from None
    if pack.id != name or pack.region != name.split("/")[0]:
        raise PackError(name, [f"stands at {name}, but says id {pack.id} and region {pack.region}"])
    if found := checks.problems(pack):
        raise PackError(name, found)
    return pack


def quotes_missing(pack: Pack, documents: Path) -> list[str]:
    """The pack's quotes that do not stand verbatim in its document under `documents`."""
    path = documents / pack.document
    if not path.is_file():
        return [f"the document {pack.document} is not there"]
    return checks.quotes_missing_in(pack, path.read_text(encoding="utf-8"))


def _iso(value: object) -> str:
    if type(value) is date:
        return value.isoformat()
    raise TypeError(f"a pack holds no {type(value).__name__}")


class _Loader(yaml.CSafeLoader):
    """YAML keeps the last of two equal keys without a word; here the second is an error."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        if repeated := sorted({str(key) for key in keys if keys.count(key) > 1}):
            raise yaml.constructor.ConstructorError(None, None, f"repeated keys {repeated}", node.start_mark)
        return super().construct_mapping(node, deep=deep)
