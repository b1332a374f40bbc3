"""The register of rules, the marks that name them, and the page made from both."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.checks import marks, rules, traceability
from cli.checks.marks import Mark
from cli.checks.rules import Rule

pytest_plugins = ["pytester"]

RULES = rules.load()
ONE = Rule("S001-S8", "001_x.txt", "三", "不超过 | 6个月", "six months")
TWO = Rule("S001-S9", "001_x.txt", "四", "基数", "base")

Files = Callable[[dict[str, str]], Path]


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """A small repository with a register of two rules and the given files."""

    def write(contents: dict[str, str]) -> Path:
        register = json.dumps([vars(ONE), vars(TWO)], ensure_ascii=False)
        for name, text in {**contents, rules.REGISTER.as_posix(): register}.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return tmp_path

    return write


def test_the_register_has_its_112_rules() -> None:
    assert len(RULES) == 112


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES.keys())
def test_a_quote_stands_verbatim_in_its_document(rule: Rule) -> None:
    assert rule.quote.strip()
    assert rules.stands_in_document(rule)


def test_an_altered_quote_does_not_stand() -> None:
    rule = RULES["S003-S2"]
    altered = Rule(rule.id, rule.document, rule.article, rule.quote.replace("500元", "600元"), rule.norm)
    assert not rules.stands_in_document(altered)


def test_an_id_given_twice_is_refused(files: Files) -> None:
    root = files({})
    (root / rules.REGISTER).write_text(json.dumps([vars(ONE), vars(ONE)]), encoding="utf-8")
    with pytest.raises(ValueError, match="names an id twice"):
        rules.load(root)


def test_the_page_is_current_and_every_carried_rule_is_proven() -> None:
    assert traceability.check(rules.ROOT, write=False) == []


def test_marks_of_tests(files: Files) -> None:
    source = """
import pytest
pytestmark = pytest.mark.rule("S001-S8")

@pytest.mark.rule("S001-S9")
class TestPay:
    @pytest.mark.parametrize("n", [pytest.param(1, marks=pytest.mark.rule("S001-S8", "S001-S9"))])
    async def test_it(self, n): ...
"""
    path = "tests/a/test_b.py"
    assert sorted(marks.in_tests(files({path: source}))) == [
        Mark("S001-S8", path, "", "test"),
        Mark("S001-S8", path, "TestPay::test_it", "test"),
        Mark("S001-S9", path, "TestPay", "test"),
        Mark("S001-S9", path, "TestPay::test_it", "test"),
    ]


def test_a_computed_id_is_refused(files: Files) -> None:
    root = files({"tests/test_b.py": "import pytest\nX = 'S001-S8'\n@pytest.mark.rule(X)\ndef test_it(): ...\n"})
    with pytest.raises(marks.MarkError, match=r"test_b\.py:3: write the rule id as a plain string, not `X`"):
        marks.in_tests(root)


def test_marks_of_docstrings(files: Files) -> None:
    source = '''"""Rules: S001-S8."""
class Post:
    """A post.

    Rules: S001-S8,
        S001-S9
    """

    months: int
    """At most six. Rules: are cited at the beginning of a line.

    Rules: S001-S8
    """

    def end(self):
        """Rules: prose that names none."""
'''
    path = "services/jobs/posts/models.py"
    assert marks.in_code(files({path: source})) == [
        Mark("S001-S8", path, "", "field"),
        Mark("S001-S8", path, "Post", "field"),
        Mark("S001-S9", path, "Post", "field"),
        Mark("S001-S8", path, "Post.months", "field"),
    ]


def test_marks_of_data(files: Files) -> None:
    pack = "services/subsidy/policy/packs/2113/chaoyang.yaml"
    targets = "services/reporting/targets/liaoning.yaml"
    root = files(
        {
            pack: "benefits:\n- code: post_allowance\n  rules: [S001-S8]\n  when:\n  - {rule: S001-S9}\n",
            targets: "rules: [S001-S9]\n",
            "services/jobs/other.yaml": "rules: [S001-S8]\n",
        }
    )
    assert marks.in_data(root) == [
        Mark("S001-S8", pack, "post_allowance", "policy pack"),
        Mark("S001-S9", pack, "benefits[0].when[0]", "policy pack"),
        Mark("S001-S9", targets, "", "target"),
    ]


def test_another_use_of_the_key_is_refused(files: Files) -> None:
    root = files({"services/reporting/forms/x.yaml": "form: x\nrules: [{minimum: 3}]\n"})
    with pytest.raises(marks.MarkError, match="give this key another name"):
        marks.in_data(root)


def test_an_unknown_rule_and_an_untested_one_are_faults() -> None:
    carriers = [Mark("S001-S8", "a.py", "Post", "field"), Mark("S999-X1", "a.py", "", "field")]
    assert traceability.faults({"S001-S8": ONE}, carriers, []) == [
        "a.py names the unknown rule 'S999-X1': use an id of docs/reference/documents/rules.json",
        'S001-S8 is carried by a.py:Post without a test: mark one with @pytest.mark.rule("S001-S8")',
    ]


def test_the_page_counts_shows_and_lists_what_is_missing() -> None:
    known = {"S001-S8": ONE, "S001-S9": TWO}
    carrier, proof = Mark("S001-S8", "a.py", "Post", "field"), Mark("S001-S8", "tests/t.py", "test_it", "test")
    page = traceability.page(traceability.trace(known, [carrier, carrier], [proof]))
    assert "| all | 2 | 1 | 1 | 1 |" in page
    assert "| S001-S8 | 三 | 不超过 \\| 6个月 | field `a.py:Post` | `tests/t.py:test_it` |" in page
    assert "| S001-S9 | 四 | 基数 | not yet | not yet |" in page
    assert page.endswith("## Not yet carried\n\n- S001-S9 (四): base\n")


def test_a_page_out_of_date_names_the_mend_and_writing_mends_it(files: Files) -> None:
    root = files({})
    assert traceability.check(root, write=False) == [
        "docs/reference/traceability.md is out of date: run `python -m cli.checks.traceability --write` and commit it"
    ]
    assert traceability.check(root, write=True) == []
    assert traceability.check(root, write=False) == []
    files({"services/jobs/posts/models.py": '"""Rules: S001-S8"""\n'})
    assert len(traceability.check(root, write=False)) == 2


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """An empty test suite that uses the plugin of this one, and no other: those take seconds to load."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makeini(f"[pytest]\npythonpath = {rules.ROOT}")
    pytester.makeconftest('pytest_plugins = ["tests.plugins.rules"]')
    return pytester


@pytest.mark.parametrize(
    ("marker", "message"),
    [('"S003-S99"', "names 'S003-S99'"), ("", "names no rule"), ('ids="S003-S2"', "names no rule")],
)
def test_the_marker_refuses_what_the_register_does_not_know(suite: pytest.Pytester, marker: str, message: str) -> None:
    suite.makepyfile(f"import pytest\n@pytest.mark.rule({marker})\ndef test_it(): ...\n")
    result = suite.runpytest_subprocess("--strict-markers", "-p", "no:cacheprovider")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"*{message}: use ids of docs/reference/documents/rules.json"])


def test_the_marker_takes_a_known_rule(suite: pytest.Pytester) -> None:
    suite.makepyfile('import pytest\n@pytest.mark.rule("S003-S2")\ndef test_it(): ...\n')
    suite.runpytest_subprocess("--strict-markers", "-p", "no:cacheprovider").assert_outcomes(passed=1)
