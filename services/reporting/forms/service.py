"""Filling a form in: figures from the increments, names from registry."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson

from services.reporting.clients import registry
from services.reporting.forms.model import Form, quarter_end
from services.reporting.forms.schemas import Signatures
from services.reporting.forms.sheet import Header, Row, as_json
from services.reporting.forms.workbook import render_both
from services.reporting.periods import require_begun
from services.reporting.values import service as values
from shared import regions
from shared.auth import Principal
from shared.errors import NotFound
from shared.runtime import Runtime


@dataclass(frozen=True)
class Quarter:
    """Which form is asked for: of which region, for which quarter."""

    region: str
    year: int
    quarter: int

    @property
    def first_day(self) -> date:
        return date(self.year, self.quarter * 3 - 2, 1)


@dataclass(frozen=True)
class Filled:
    """A form filled in. `rows[0]` is the region itself."""

    form: Form
    asked: Quarter
    header: Header
    rows: list[Row]
    freshness: dict[str, datetime]

    def document(self) -> dict[str, Any]:
        """The form with exact figures, when it is due, and how fresh the figures are."""
        asked, form = self.asked, self.form
        due = form.due.model_dump() | {"on": form.due.of_quarter(asked.year, asked.quarter)}
        return as_json(form, self.header, self.rows) | {
            "title": form.title,
            "document": form.document,
            "region": asked.region,
            "population": form.population.model_dump(),
            "due": due,
            "freshness": self.freshness,
        }

    def etag(self) -> str:
        """Weak, because it names the figures and not the moment at which they were found unchanged."""
        content = {name: value for name, value in self.document().items() if name != "freshness"}
        return f'W/"{hashlib.sha256(orjson.dumps(content)).hexdigest()[:32]}"'

    def workbook(self) -> bytes:
        return render_both(self.form, self.header, self.rows)


async def fill(runtime: Runtime, caller: Principal, form: Form, asked: Quarter, signed: Signatures) -> Filled:
    """The region and each place directly below it that has figures.

    Raises `NotFound` outside the caller's region, `FuturePeriod`, and `Unavailable` when registry cannot name them.
    """
    values.require_below(caller, asked.region)
    require_begun(asked.first_day, "year", "quarter")
    indicators = [leaf.indicator for leaf in form.leaves]
    month = quarter_end(asked.year, asked.quarter).replace(day=1)
    async with runtime.database.session() as session:
        found = await values.figures(session, asked.region, indicators, month, places_below=True)
    places = [asked.region, *sorted(found.values.keys() - {asked.region})]
    names = await registry.region_names(runtime.clients["registry"], places)
    if asked.region not in names:
        raise NotFound
    header = Header(
        region_name=names[asked.region],
        level=regions.level(asked.region),
        year=asked.year,
        quarter=asked.quarter,
        filled_by=signed.filled_by,
        reviewed_by=signed.reviewed_by,
        phone=signed.phone,
    )
    rows = [
        Row(names.get(place, place), {name: found.of(place, name) for name in indicators}, place) for place in places
    ]
    return Filled(form, asked, header, rows, dict(found.freshness))
