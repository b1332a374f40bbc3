"""Annex 3 counted again, in plain Python, from what officers can list: people, spells, claims and payment lines.

It knows the definitions of the form's columns and nothing of how reporting comes to its figures.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from cli.client import Caller
from shared.money import parse_yuan

Json = dict[str, Any]

# Nobody in the play is trained, is cared for, or gets another benefit than the two.
NEVER = (
    "survey_subsidy_paid", "skill_training_people", "skill_training_paid", "special_skill_training_people",
    "special_skill_training_paid", "startup_training_people", "startup_training_paid", "technical_school_people",
    "technical_school_paid", "outside_county_travel_paid", "insurance_subsidy_paid", "care_people",
)  # fmt: skip


@dataclass(frozen=True)
class Raw:
    """All of a county, as its officers read it. `spells` are those of the registered poor; `paid` are payment lines."""

    people: list[Json]
    spells: dict[str, list[Json]]
    claims: dict[str, Json]
    paid: list[Json]


def read(officer: Caller, bank: Caller, county: str) -> Raw:
    people = list(officer.pages("/registry/v1/persons", region=county, limit=200))
    poor = [one for one in people if one["base"] == "poverty_alleviated"]
    spells = {one["id"]: officer.get(f"/registry/v1/persons/{one['id']}/spells")["items"] for one in poor}
    claims = {one["id"]: one for one in officer.pages("/subsidy/v1/claims", limit=200)}
    batches = bank.pages("/subsidy/v1/payment-batches")
    lines = [line for one in batches for line in bank.pages(f"/subsidy/v1/payment-batches/{one['id']}/lines")]
    return Raw(people, spells, claims, [line for line in lines if line["state"] == "paid"])


def annex3(raw: Raw, region: str, year: int, until: date) -> dict[str, int]:
    """The cells of the region's own line: people as integers, money in fen."""
    here = [
        one for one in raw.people
        if one["base"] == "poverty_alleviated" and one["alive"] and one["region"].startswith(region)
        and _day(one["registered_on"]) <= until
    ]  # fmt: skip

    def now(holds: Callable[[Json], bool]) -> int:
        """People with such a spell on the last day."""
        return sum(any(holds(one) and _runs(one, until, until) for one in raw.spells[person["id"]]) for person in here)

    def this_year(holds: Callable[[Json], bool]) -> int:
        """People with such a spell on some day of the year on which they were registered."""
        return sum(
            any(holds(one) and _runs(one, _since(person, year), until) for one in raw.spells[person["id"]])
            for person in here
        )

    def paid(benefit: str, transfer: str) -> int:
        return _sum(
            line for line in raw.paid
            if line["region"].startswith(region) and _day(line["settled_on"]).year == year
            and (claim := raw.claims[line["claim_id"]])["benefit"] == benefit and claim["transfer"] == transfer
        )  # fmt: skip

    employed = now(lambda _: True)
    return dict.fromkeys(NEVER, 0) | {
        "registered_people": len(here),
        "employed_people": employed,
        "unemployed_people": len(here) - employed,
        "outside_province_people": this_year(lambda one: one["transfer"] == "outside_province"),
        "outside_county_people": this_year(lambda one: one["transfer"] == "outside_county"),
        "local_employment_people": this_year(_local),
        "local_startup_people": this_year(
            lambda one: one["kind"] == "self_employed" and one["transfer"] == "within_county"
        ),
        "contract_signed_people": now(lambda one: bool(one["contract_signed"])),
        "insured_people": now(lambda one: bool(one["insured"])),
        "outside_province_service_paid": paid("service_subsidy", "outside_province"),
        "outside_county_service_paid": paid("service_subsidy", "outside_county"),
        "outside_province_travel_paid": paid("travel_subsidy", "outside_province"),
    }


def _local(spell: Json) -> bool:
    if spell["kind"] == "public_post":
        return spell["transfer"] in ("within_county", None)
    return spell["kind"] in ("unit", "flexible") and spell["transfer"] == "within_county"


def _runs(spell: Json, first: date, last: date) -> bool:
    return _day(spell["started_on"]) <= last and (spell["ended_on"] is None or _day(spell["ended_on"]) >= first)


def _since(person: Json, year: int) -> date:
    return max(date(year, 1, 1), _day(person["registered_on"]))


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _sum(lines: Iterable[Json]) -> int:
    return sum(map(fen, lines))


def fen(line: Json) -> int:
    return parse_yuan(line["amount"])
