"""Loader of the code tables: `lookup("education", "初中") == "70"`.

A table is a CSV file beside this module. Its first lines (`# key: value`) name the title, the source standard and
its version, and what becomes of a word that the table does not know: `unmapped: refuse`, or the code to use. The
columns are `code`, `name`, `aliases` (separated by `|`) and whatever else a table needs.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from services.registry.codes.faults import Fault
from services.registry.codes.writing import squeeze
from shared.errors import Text

FOLDER = Path(__file__).parent
REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Entry:
    code: str
    name: str
    aliases: tuple[str, ...]
    extra: Mapping[str, str]

    @property
    def words(self) -> tuple[str, ...]:
        return (self.name, *self.aliases)


@dataclass(frozen=True)
class Table:
    """One code table 代码表: `source` is the standard (or form) and `version` its year or our own count."""

    key: str
    title: str
    source: str
    version: str
    unmapped: str
    entries: Mapping[str, Entry]
    by_word: Mapping[str, str]

    @property
    def accepted(self) -> str:
        """The words to write, for messages: the shortest word of each entry."""
        return "、".join(min(entry.words, key=len) for entry in self.entries.values())


def fold(word: str) -> str:
    """The form in which words are compared: full-width letters as ASCII, lower case, without white space."""
    return squeeze(word).lower()


@cache
def table(key: str) -> Table:
    """A table by the name of its file; KeyError for one that does not exist."""
    path = FOLDER / f"{key}.csv"
    if key not in names():
        raise KeyError(key)
    lines = path.read_text(encoding="utf-8").splitlines()
    head = dict(line[2:].split(": ", 1) for line in lines if line.startswith("# "))
    rows = csv.DictReader(line for line in lines if not line.startswith("# "))
    entries = {row["code"]: _entry(row) for row in rows}
    if head["unmapped"] != REFUSE and head["unmapped"] not in entries:
        raise ValueError(f"{path.name}: `unmapped` names no entry")
    return Table(
        key=key,
        title=head["title"],
        source=head["source"],
        version=head["version"],
        unmapped=head["unmapped"],
        entries=entries,
        by_word=_index(path.name, entries),
    )


def names() -> frozenset[str]:
    return frozenset(path.stem for path in FOLDER.glob("*.csv"))


def lookup(key: str, word: str) -> str | None:
    """The code of a word: its name, an alias, or the code itself. None when the table does not know it."""
    by_word = table(key).by_word
    return by_word.get(word) or by_word.get(fold(word))


def require(key: str, word: str) -> str:
    """The code of a word, or what the table says about unmapped words: a code, or a Fault naming those accepted."""
    found = lookup(key, word)
    if found is not None:
        return found
    known = table(key)
    if known.unmapped != REFUSE:
        return known.unmapped
    raise Fault(
        "unknown_word",
        Text("无法识别的填写内容,可填:{accepted}", "Unknown word; accepted: {accepted}").format(
            accepted=known.accepted
        ),
    )


def name(key: str, code: str) -> str:
    """The standard name of a code (KeyError for a code outside the table)."""
    return table(key).entries[code].name


def _entry(row: dict[str, str]) -> Entry:
    extra = {column: value for column, value in row.items() if column not in {"code", "name", "aliases"}}
    return Entry(row["code"], row["name"], tuple(a for a in row["aliases"].split("|") if a), extra)


def _index(file: str, entries: Mapping[str, Entry]) -> dict[str, str]:
    found: dict[str, str] = {}
    for entry in entries.values():
        for word in {fold(w) for w in (entry.code, *entry.words)}:
            if found.setdefault(word, entry.code) != entry.code:
                raise ValueError(f"{file}: {word} stands for two codes")
    return found
