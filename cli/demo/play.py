"""The play: the acts in order. Everything goes over HTTP through the gateway, with the accounts of its seed."""

import time

from cli.demo import claiming, closing, hiring, opening, paying, placing, registering, reporting
from cli.demo.stage import Stage
from cli.demo.story import Story

ACTS = (
    opening.open_platform,
    opening.make_account,
    registering.import_people,
    hiring.file_agency,
    hiring.post_jobs,
    hiring.publish_jobs,
    placing.match,
    placing.refer_and_hire,
    placing.follow_up,
    placing.verify,
    claiming.open_fund,
    claiming.claim_service,
    claiming.claim_travel,
    claiming.explain,
    claiming.review,
    paying.pay,
    paying.balance,
    claiming.claim_again,
    reporting.print_forms,
    reporting.refuse_neighbours,
    closing.look_back,
)


def play(stage: Stage) -> Story:
    """Play it all. Raises `Wrong` at the first thing that is not as it should be."""
    begun = time.monotonic()
    for act in ACTS:
        act(stage)
    stage.story.seconds = round(time.monotonic() - begun, 2)
    stage.story.write(stage.file("story.json"))
    return stage.story
