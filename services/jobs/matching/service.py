"""The best postings for a person, the best people for a posting. Two statements each, whatever the number of rows."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.jobs.matching import queries, words
from services.jobs.matching.schemas import (
    Excluded,
    PartOut,
    PersonMatch,
    PersonMatches,
    PersonOfMatch,
    PostingMatch,
    PostingMatches,
)
from services.jobs.matching.score import Limit, Score, best, score, youngest
from services.jobs.matching.weights import PARTS, weights
from services.jobs.people import service as people
from services.jobs.people.models import Person
from services.jobs.placements.errors import PersonNotAvailable
from services.jobs.postings import service as postings
from services.jobs.postings.models import Posting
from services.jobs.postings.schemas import PostingOut
from shared import clock, regions
from shared.auth import Principal
from shared.errors import NotFound

SHOWN = 10
_OLDEST = 200


async def for_person(
    session: AsyncSession, caller: Principal, person_id: UUID, language: str, *, with_excluded: bool = False
) -> PersonMatches:
    """Ten best postings. Raises `NotFound` for a person of elsewhere, `PersonNotAvailable` for one who has died.

    Rules: S004-W5, S004-W6, S004-W7
    """
    person, spell = await people.visible(session, caller, person_id)
    if not person.alive:
        raise PersonNotAvailable
    values = _of_person(person)
    statement = queries.open_for_person(person.mobility, person.intent_place)
    found = (await session.execute(statement, values)).scalars().all()
    counts = (await session.execute(queries.EXCLUDED, values)).one() if with_excluded else None
    ranked = _ranked([(score(person, each, weights()), str(each.id)) for each in found])
    return PersonMatches.model_validate(
        {
            "person_id": person.person_id,
            "mobility": person.mobility,
            "measure": words.MEASURES[person.mobility].pick(language) if person.mobility else None,
            "employed_since": spell.started_on if spell else None,
            "weights": weights().version,
            "considered": len(found),
            "matches": [
                PostingMatch(posting=PostingOut.model_validate(found[n]), **_shown(person, found[n], its, language))
                for n, its in ranked
            ],
            "open_postings": counts.open if counts else None,
            "excluded": [
                Excluded(limit=limit, reason=words.LIMITS[limit].pick(language), postings=getattr(counts, limit))
                for limit in Limit
            ]
            if counts
            else None,
        }
    )


async def for_posting(session: AsyncSession, caller: Principal, posting_id: UUID, language: str) -> PostingMatches:
    """The best of the caller's own people who are looking for work. Raises `NotFound`, `NotPublished`, …"""
    posting, _ = await postings.get_open(session, posting_id)
    if caller.region is None:
        raise NotFound
    statement, values = queries.PEOPLE_FOR_POSTING, _of_posting(posting, caller.region)
    if len(caller.region) >= regions.LENGTH[regions.Level.COUNTY]:
        statement, values["county"] = queries.PEOPLE_OF_COUNTY, regions.county(caller.region)
    found = (await session.execute(statement, values)).scalars().all()
    ranked = _ranked([(score(each, posting, weights()), str(each.person_id)) for each in found])
    shown = [
        PersonMatch(
            person=PersonOfMatch.model_validate(found[n], from_attributes=True),
            **_shown(found[n], posting, its, language),
        )
        for n, its in ranked
    ]
    return PostingMatches(posting_id=posting.id, weights=weights().version, considered=len(found), matches=shown)


def _ranked(scores: Sequence[tuple[Score, str]]) -> list[tuple[int, Score]]:
    return [(position, scores[position][0]) for position in best(scores, SHOWN)]


def _shown(person: Person, posting: Posting, found: Score, language: str) -> dict[str, Any]:
    said = words.reasons(person, posting, found, language)
    parts = [
        PartOut(
            part=part,
            name=words.PART_NAMES[part].pick(language),
            points=found.parts[part],
            weight=weights().parts[part],
            reason=said[part],
        )
        for part in PARTS
    ]
    return {"score": found.total, "tier": found.tier, "parts": parts}


def _of_person(person: Person) -> dict[str, Any]:
    today = clock.today()
    return {
        **_bounds("county", person.region[:6]),
        **_bounds("city", person.region[:4]),
        **_bounds("province", person.region[:2]),
        "youngest": youngest(person, today),
        "capacity_list": [person.labor_capacity],
        "mobility": person.mobility,
        "intent": person.intent_place,
        "skills": list(person.skills),
        "today": today,
    }


def _of_posting(posting: Posting, own: str) -> dict[str, Any]:
    return {
        **_bounds("own", own),
        **_bounds("work_county", posting.work_region[:6].ljust(6, "~")),
        **_bounds("work_city", posting.work_region[:4].ljust(4, "~")),
        "year": clock.today().year,
        "min_age": posting.min_age,
        "max_age": _OLDEST if posting.max_age is None else posting.max_age,
        "capacities": list(posting.capacities),
        "is_public_post": posting.kind == "public_post",
        "is_workshop": posting.kind == "workshop",
        "skills": list(posting.skills),
    }


def _bounds(name: str, code: str) -> dict[str, str]:
    """A place known to the city only holds no county: its code is filled up to one that no home has."""
    low, high = regions.bounds(code)
    return {f"{name}_low": low, f"{name}_high": high}
