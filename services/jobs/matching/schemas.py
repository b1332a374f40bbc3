"""Matches as the API shows them: scores with their parts in words, and nothing that identifies anybody."""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from services.jobs.matching.score import Limit
from services.jobs.matching.weights import Part, Tier
from services.jobs.postings.schemas import PostingOut


class PartOut(BaseModel):
    """One part of a score and why."""

    part: Part
    name: str
    points: int = Field(description="0 至 1000")
    weight: int = Field(description="权重,合计 100")
    reason: str


class _Match(BaseModel):
    score: int = Field(description="总分,0 至 1000")
    tier: Tier
    parts: list[PartOut]


class PostingMatch(_Match):
    """A posting that fits a person."""

    posting: PostingOut


class Excluded(BaseModel):
    """How many open postings one limit keeps from the person; one posting may stand under several."""

    limit: Limit
    reason: str
    postings: int


class PersonMatches(BaseModel):
    """The best postings for one person 适合该人员的岗位."""

    person_id: UUID
    mobility: Literal["far", "near", "unable"] | None
    measure: str | None = Field(description="按三类人员应采取的措施")
    employed_since: date | None = Field(description="登记在册的现就业开始日期")
    weights: str = Field(description="权重版本")
    considered: int = Field(description="参与评分的岗位数")
    matches: list[PostingMatch]
    open_postings: int | None = Field(description="发布中的岗位总数;未要求时为空")
    excluded: list[Excluded] | None = Field(description="各项硬性条件排除的岗位数;未要求时为空")


class PersonOfMatch(BaseModel):
    """What matching knows of a person; the name is the registry's to show."""

    person_id: UUID
    region: str
    birth_year: int
    labor_capacity: str
    mobility: Literal["far", "near", "unable"] | None
    base: str
    monitoring: str | None
    skills: list[str]


class PersonMatch(_Match):
    """A person who fits a posting."""

    person: PersonOfMatch


class PostingMatches(BaseModel):
    """The best people for one posting, of those that the caller may see 适合该岗位的人员."""

    posting_id: UUID
    weights: str
    considered: int
    matches: list[PersonMatch]
