"""Find what carries a policy rule and what proves it, by reading files only: nothing is imported or collected.

Three kinds of mark name rule ids:

- a test carries `@pytest.mark.rule("S003-S2", …)`, on the function, its class, a parameter or as `pytestmark`;
- a mapping in a policy pack or in reporting's data has the key `rules: [S003-S1, …]` or `rule: S003-S1`;
- a docstring of a module, class, function or attribute has a line of ids that begins with the word "Rules" and a colon.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

CODE_ROOTS = ("services", "gateway", "shared", "cli")
DATA_GLOBS = ("services/*/policy/packs/**/*.yaml", "services/reporting/**/*.yaml")
KINDS = {
    "migrations": "constraint",
    "models": "field",
    "schemas": "field",
    "events": "field",
    "service": "step",
    "endpoints": "step",
    "tasks": "deadline or task",
    "packs": "policy pack",
    "forms": "form",
    "indicators": "indicator",
    "targets": "target",
    "alerts": "alert",
    "deadlines": "deadline",
}
NAME_KEYS = ("indicator", "code", "id", "key", "name", "form")
_DOCSTRING_LINE = re.compile(r"^[ \t]*Rules:[ \t]*(?=[A-Z]\d)((?:[^\n]*,[ \t]*\n)*[^\n]*)", re.MULTILINE)


@dataclass(frozen=True, order=True)
class Mark:
    """One rule id as found in one place: `path` is relative to the root, `name` says where in the file."""

    rule: str
    path: str
    name: str
    kind: str


class MarkError(ValueError):
    """A mark that cannot be read; the message names the place and the mend."""


def kind_of(path: Path) -> str:
    """What a file's marks stand for, by its folder or its name: `models.py` holds fields, `packs/` policy packs."""
    return next((KINDS[part] for part in (path.stem, *reversed(path.parts[:-1])) if part in KINDS), "code")


def in_tests(root: Path) -> list[Mark]:
    return [mark for path in _files(root, "tests/**/*.py") for mark in _test_marks(root, path)]


def in_code(root: Path) -> list[Mark]:
    files = [path for top in CODE_ROOTS for path in _files(root, f"{top}/**/*.py")]
    return [mark for path in files for mark in _docstring_marks(root, path)]


def in_data(root: Path) -> list[Mark]:
    files = [path for pattern in DATA_GLOBS for path in _files(root, pattern)]
    return [mark for path in dict.fromkeys(files) for mark in _data_marks(root, path)]


def _files(root: Path, pattern: str) -> list[Path]:
    return sorted(path for path in root.glob(pattern) if path.is_file())


def _test_marks(root: Path, path: Path) -> Iterator[Mark]:
    relative = path.relative_to(root)

    def visit(node: ast.AST, scope: tuple[str, ...]) -> Iterator[Mark]:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            scope = (*scope, node.name)
        if isinstance(node, ast.Call) and _is_rule_mark(node.func):
            for argument in node.args:
                yield Mark(_literal(argument, relative), relative.as_posix(), "::".join(scope), "test")
        for child in ast.iter_child_nodes(node):
            yield from visit(child, scope)

    yield from visit(ast.parse(path.read_text(encoding="utf-8")), ())


def _is_rule_mark(function: ast.expr) -> bool:
    """`pytest.mark.rule` or `mark.rule`."""
    return (
        isinstance(function, ast.Attribute) and function.attr == "rule" and ast.unparse(function.value)[-4:] == "mark"
    )


def _literal(argument: ast.expr, path: Path) -> str:
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        return argument.value
    raise MarkError(f"{path}:{argument.lineno}: write the rule id as a plain string, not `{ast.unparse(argument)}`")


def _docstring_marks(root: Path, path: Path) -> Iterator[Mark]:
    relative = path.relative_to(root)
    for name, text in _docstrings(ast.parse(path.read_text(encoding="utf-8")), ()):
        for line in _DOCSTRING_LINE.finditer(text):
            for rule in re.split(r"[,\s]+", line[1].strip().rstrip(".,")):
                yield Mark(rule, relative.as_posix(), name, kind_of(relative))


def _docstrings(
    node: ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef, scope: tuple[str, ...]
) -> Iterator[tuple[str, str]]:
    """Every docstring below a node with its qualified name; that of an attribute stands after its assignment."""
    attribute: tuple[str, ...] = ()
    for statement in node.body:
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            if isinstance(statement.value.value, str):
                yield ".".join((*scope, *attribute)), statement.value.value
        elif isinstance(statement, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _docstrings(statement, (*scope, statement.name))
        attribute = _assigned(statement)


def _assigned(statement: ast.stmt) -> tuple[str, ...]:
    if isinstance(statement, ast.Assign):
        return (ast.unparse(statement.targets[0]),)
    if isinstance(statement, ast.AnnAssign):
        return (ast.unparse(statement.target),)
    return ()


def _data_marks(root: Path, path: Path) -> Iterator[Mark]:
    relative = path.relative_to(root)

    def visit(node: Any, name: str) -> Iterator[Mark]:
        if isinstance(node, list):
            for index, child in enumerate(node):
                yield from visit(child, f"{name}[{index}]")
        if not isinstance(node, dict):
            return
        label = next((str(node[key]) for key in NAME_KEYS if isinstance(node.get(key), str)), name)
        for key, child in node.items():
            if key in ("rule", "rules") and not isinstance(child, dict):
                for rule in child if isinstance(child, list) else [child]:
                    yield Mark(_text(rule, relative, label), relative.as_posix(), label, kind_of(relative))
            else:
                yield from visit(child, f"{name}.{key}" if name else str(key))

    for document in yaml.safe_load_all(path.read_text(encoding="utf-8")):
        yield from visit(document, "")


def _text(rule: Any, path: Path, name: str) -> str:
    if isinstance(rule, str):
        return rule
    raise MarkError(f"{path}:{name}: `rule` and `rules` hold ids of policy rules; give this key another name")
