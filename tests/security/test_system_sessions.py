"""Work under the worker's role, which row-level security does not bind, is done in these places only.

`Database.system_session()` sees the whole service. Each use stands here with the reason why a caller's scope does not
do; a new one fails until it is listed, one that is gone until it is struck out.
"""

import ast
from collections.abc import Iterator

import pytest

from tests.security.declared import ROOT

FEED = "applies events of every region to the projection; there is no caller"
OWN_WORK = "the worker's own round over all rows; there is no caller"
IMPORT = "the import's job: bound to the region in its row, which the officer's own transaction wrote"
DIVISIONS = "divisions are reference data, the same for everybody; a job or an operator loads them"
TOKENS = "decides who the caller is, so that there is no caller yet"

USES = {
    # shared
    "shared/feed.py: router.read_snapshot": "the feed's guard lets services through only; what it gives is anonymous",
    "shared/feed_reader.py: FeedReader.step": FEED,
    "shared/feed_reader.py: FeedReader._snapshot": FEED,
    "shared/feed_reader.py: FeedReader._restart_if_gone": FEED,
    "shared/feed_reader.py: FeedReader._apply": FEED,
    "shared/feed_reader.py: FeedReader._apply_singly": FEED,
    "shared/process.py: _seal_audit": OWN_WORK,
    "shared/process.py: _sweep_files": OWN_WORK,
    # registry
    "services/registry/imports/tasks.py: import_people": IMPORT,
    "services/registry/imports/tasks.py: _begin": IMPORT,
    "services/registry/imports/tasks.py: _settle": IMPORT,
    "services/registry/imports/tasks.py: _finish": IMPORT,
    "services/registry/imports/tasks.py: _fail": IMPORT,
    "services/registry/persons/internal.py: get_facts": "a service without a region; the facts name nobody",
    "services/registry/persons/internal.py: name_persons": "a service that pays, for a stated purpose, audited before",
    "services/registry/regions/loading.py: load_now": DIVISIONS,
    "services/registry/regions/loading.py: run": DIVISIONS,
    "services/registry/regions/loading.py: _store": DIVISIONS,
    "services/registry/spells/endpoints.py: put_spell": "a placement's spell, from a service without a region",
    # jobs
    "services/jobs/placements/endpoints.py: get_facts": "a service without a region; the facts name nobody",
    "services/jobs/placements/tasks.py: record_spell": "the job of one placement, whichever region it lies in",
    "services/jobs/placements/tasks.py: resume": OWN_WORK,
    "services/jobs/postings/tasks.py: expire": OWN_WORK,
    # reporting
    "services/reporting/commands.py: _differences": "a recount of all figures, by an operator at the machine",
    # gateway
    "gateway/housekeeping.py: tidy": OWN_WORK,
    "gateway/keys/commands.py: rotate": "keys belong to no region; an operator at the machine",
    "gateway/seed/service.py: seed": "the first accounts are made before anybody could log in",
    "gateway/tokens/service.py: _authenticate": TOKENS,
    "gateway/tokens/service.py: change_password": TOKENS,
    "gateway/tokens/service.py: for_client": TOKENS,
    "gateway/tokens/service.py: login": TOKENS,
    "gateway/tokens/service.py: refresh": TOKENS,
    "gateway/trust.py: refresh": "keys and revocations are everybody's",
}


def _uses(tree: ast.AST, path: str, names: tuple[str, ...] = ()) -> Iterator[str]:
    """Each mention of `system_session` with the function around it; a mention without a call counts as well."""
    for node in ast.iter_child_nodes(tree):
        inner = names
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            inner = (*names, node.name)
        if isinstance(node, ast.Attribute | ast.Name | ast.Constant) and "system_session" in (
            getattr(node, "attr", None),
            getattr(node, "id", None),
            getattr(node, "value", None),
        ):
            yield f"{path}: {'.'.join(names)}"
        yield from _uses(node, path, inner)


def _all_uses() -> set[str]:
    files = [file for folder in ("shared", "services", "gateway", "cli") for file in (ROOT / folder).rglob("*.py")]
    return {use for file in files for use in _uses(ast.parse(file.read_text()), str(file.relative_to(ROOT)))}


def test_every_use_is_listed_with_its_reason() -> None:
    found = _all_uses()
    new, gone = sorted(found - set(USES)), sorted(set(USES) - found)
    assert not new, "not bound by row-level security, and not listed in USES with a reason:\n" + "\n".join(new)
    assert not gone, "listed in USES, but there no more:\n" + "\n".join(gone)


@pytest.mark.parametrize(
    "code",
    [
        "async def f(database):\n    async with database.system_session() as s: ...",
        "f = lambda runtime: runtime.database.system_session",
        "def f(database):\n    return getattr(database, 'system_session')()",
        "class A:\n    def f(self):\n        with self.d.system_session(): ...",
    ],
)
def test_a_use_is_found_however_it_is_written(code: str) -> None:
    assert len(list(_uses(ast.parse(code), "x.py"))) == 1
