"""Matches, for officers: of a person, and of a posting with the people they may see."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request

from services.jobs.matching import service
from services.jobs.matching.schemas import PersonMatches, PostingMatches
from services.jobs.permissions import MatchReader
from services.jobs.placements.errors import PersonNotAvailable
from services.jobs.postings.errors import NotPublished
from shared.database import Session
from shared.errors import NotFound, problems
from shared.problem_handlers import language

router = APIRouter(prefix="/v1/matches", tags=["matches 人岗匹配"])


@router.get("/persons/{person_id}", responses=problems(NotFound, PersonNotAvailable))
async def match_person(
    person_id: UUID,
    request: Request,
    session: Session,
    caller: MatchReader,
    excluded: Annotated[bool, Query(description="同时统计被硬性条件排除的岗位 count what the limits exclude")] = False,
) -> PersonMatches:
    """The ten best postings for a person of one's own region, with reasons 为人员推荐岗位."""
    return await service.for_person(session, caller, person_id, language(request.headers), with_excluded=excluded)


@router.get("/postings/{posting_id}", responses=problems(NotFound, NotPublished))
async def match_posting(posting_id: UUID, request: Request, session: Session, caller: MatchReader) -> PostingMatches:
    """The ten best people of one's own region for a posting, with reasons 为岗位推荐人员."""
    return await service.for_posting(session, caller, posting_id, language(request.headers))
