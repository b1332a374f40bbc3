"""Jobs: organisations, postings, matching and placements 用工岗位与推荐就业."""

from pathlib import Path

from services.jobs.matching.endpoints import router as matches
from services.jobs.organisations import service as organisations
from services.jobs.organisations.endpoints import router as organisations_router
from services.jobs.people.source import REGISTRY
from services.jobs.permissions import FeedReader
from services.jobs.placements import service as placements
from services.jobs.placements.endpoints import internal as placement_facts
from services.jobs.placements.endpoints import referrals
from services.jobs.placements.endpoints import router as placements_router
from services.jobs.placements.tasks import resume_for_ever
from services.jobs.postings import service as postings
from services.jobs.postings.endpoints import router as postings_router
from services.jobs.postings.tasks import expire_for_ever
from services.jobs.tasks import queue
from shared import feed
from shared.app import Service
from shared.errors import Text

STATES = (organisations.states, postings.states, placements.states)

SERVICE = Service(
    name="jobs",
    title=Text("岗位与就业服务", "Jobs"),
    folder=Path(__file__).parent,
    routers=[
        organisations_router,
        postings_router,
        placements_router,
        referrals,
        matches,
        placement_facts,
        feed.router("jobs", FeedReader, states=STATES),
    ],
    queue=queue,
    sources=[REGISTRY],
    loops=[expire_for_ever, resume_for_ever],
)
