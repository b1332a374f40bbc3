"""The register of policy rules (`docs/reference/documents/rules.json`) and the five documents they quote."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = Path("docs/reference/documents")
REGISTER = DOCUMENTS / "rules.json"


@dataclass(frozen=True)
class Rule:
    """One rule of a policy document: where it stands, its words, and what they mean."""

    id: str
    document: str
    article: str
    quote: str
    norm: str


def load(root: Path = ROOT) -> dict[str, Rule]:
    """The rules by id, in the order of the register. Raises ValueError when two share an id."""
    rules = [Rule(**entry) for entry in json.loads((root / REGISTER).read_text(encoding="utf-8"))]
    by_id = {rule.id: rule for rule in rules}
    if len(by_id) != len(rules):
        raise ValueError(f"{REGISTER} names an id twice")
    return by_id


def squeezed(text: str) -> str:
    """Without any white space: the documents break lines and pad their tables freely."""
    return re.sub(r"\s+", "", text)


def stands_in_document(rule: Rule, root: Path = ROOT) -> bool:
    """Whether the quote stands verbatim, white space aside, in the document it names."""
    return squeezed(rule.quote) in squeezed((root / DOCUMENTS / rule.document).read_text(encoding="utf-8"))
