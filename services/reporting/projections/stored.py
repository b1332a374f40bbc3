"""Histories and counts as the tables keep them, and back."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import orjson

from services.reporting.indicators.model import Source
from services.reporting.projections.contributions import Contributions, Key
from services.reporting.projections.facts import MODELS, Version
from services.reporting.projections.timeline import Entry

Entries = Sequence[Entry[dict[str, Any]]]
"""Versions whose states are still as JSON keeps them."""
History = Mapping[Source, Sequence[Sequence[Entry[Any]]]]
"""All timelines of one subject, their states read."""


def entries(versions: Iterable[Mapping[str, Any]]) -> list[Entry[dict[str, Any]]]:
    read = (Version.model_validate(each) for each in versions)
    return [Entry(each.number, each.since, each.state) for each in read]


def versions_json(timeline: Entries) -> str:
    return orjson.dumps([{"number": e.number, "since": e.since, "state": e.state} for e in timeline]).decode()


def history(facts: Iterable[tuple[str, Iterable[Mapping[str, Any]]]]) -> History:
    """From pairs of source and versions."""
    found: dict[Source, list[Sequence[Entry[Any]]]] = defaultdict(list)
    for name, versions in facts:
        source = Source(name)
        model = MODELS[source]
        found[source].append(
            [
                Entry(each.number, each.since, None if each.state is None else model.model_validate(each.state))
                for each in entries(versions)
            ]
        )
    return found


def counted_json(counted: Contributions) -> str:
    by_indicator: dict[str, list[tuple[str, date, bool, int]]] = defaultdict(list)
    for key, value in sorted(counted.items()):
        by_indicator[key.indicator].append((key.region, key.month, key.lasting, value))
    return orjson.dumps(by_indicator).decode()


def counted(stored: Mapping[str, Iterable[tuple[str, str, bool, int]]]) -> Contributions:
    return Contributions(
        {
            Key(indicator, region, date.fromisoformat(month), lasting): value
            for indicator, parts in stored.items()
            for region, month, lasting, value in parts
        }
    )
