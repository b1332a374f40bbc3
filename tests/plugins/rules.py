"""The marker `rule("S003-S2", …)`: this test proves a rule of the policy documents.

An id that the register does not know is an error at collection, so that a typing mistake cannot pass for a proof.
"""

import pytest

from cli.checks.rules import REGISTER, load

RULES = load()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "rule(*ids): proves these rules of the policy documents")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for marker in item.iter_markers("rule"):
            unknown = [rule for rule in marker.args if rule not in RULES]
            if unknown or not marker.args or marker.kwargs:
                named = ", ".join(map(repr, unknown)) or "no rule"
                raise pytest.UsageError(f"{item.nodeid}: marker `rule` names {named}: use ids of {REGISTER}")
