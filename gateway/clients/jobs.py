"""What the gateway asks of jobs: with which county an organisation is filed."""

from uuid import UUID

from pydantic import BaseModel

from shared.client import Answered, ServiceClient


class Filing(BaseModel):
    """The fields of an organisation that matter here."""

    filed: bool
    filed_region: str | None


async def filing(jobs: ServiceClient, token: str, organisation_id: UUID) -> Filing | None:
    """As the caller sees it; None when the caller does not. Raises `Unavailable`."""
    try:
        answer = await jobs.request("GET", f"/jobs/v1/organisations/{organisation_id}", token=token)
    except Answered as refusal:
        if refusal.answer_status in (403, 404):
            return None
        raise
    return Filing.model_validate(answer)
