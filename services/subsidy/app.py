"""Subsidies: what people and organisations are entitled to, and the money 补贴资金."""

from pathlib import Path

from services.subsidy.batches.endpoints import router as batches
from services.subsidy.batches.states import payment_states
from services.subsidy.claims.endpoints import evidence_router as evidence
from services.subsidy.claims.endpoints import router as claims
from services.subsidy.claims.review_endpoints import router as reviews
from services.subsidy.claims.states import claim_states
from services.subsidy.events import EVENTS
from services.subsidy.funds.endpoints import ledger_router as ledger
from services.subsidy.funds.endpoints import router as funds
from services.subsidy.payees.endpoints import router as payees
from services.subsidy.permissions import FeedReader
from services.subsidy.tasks import queue
from shared import feed
from shared.app import Service
from shared.errors import Text

SERVICE = Service(
    name="subsidy",
    title=Text("补贴资金服务", "Subsidy"),
    folder=Path(__file__).parent,
    routers=[
        payees,
        evidence,
        claims,
        reviews,
        funds,
        ledger,
        batches,
        feed.router("subsidy", FeedReader, states=[claim_states, payment_states]),
    ],
    queue=queue,
    events=EVENTS,
)
