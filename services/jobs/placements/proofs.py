"""Proofs of performance: rosters, wage lists, contracts, as the organisation uploads them."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.jobs.placements import service
from services.jobs.placements.errors import NotAProof
from shared import audit
from shared.auth import Principal
from shared.errors import TooLarge
from shared.files import FileStore

LARGEST = 10 * 1024 * 1024
_BEGINNINGS = {b"%PDF-": "application/pdf", b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}


def media_type(content: bytes) -> str:
    """By its first bytes. Raises `NotAProof`."""
    for beginning, kind in _BEGINNINGS.items():
        if content.startswith(beginning):
            return kind
    raise NotAProof


async def store(session: AsyncSession, files: FileStore, caller: Principal, placement_id: UUID, content: bytes) -> UUID:
    """Keep one file for a placement of the caller's. What it is is told by its content, never by its name."""
    placement = await service.get(session, caller, placement_id)
    if len(content) > LARGEST:
        raise TooLarge
    file_id = await files.put(
        session,
        content,
        kind="placement_proof",
        media_type=media_type(content),
        made_by=caller.subject,
        region=placement.region,
        org=placement.organisation_id,
    )
    await audit.record(session, "jobs:placement:upload_proof", caller, placement.id, file=str(file_id))
    return file_id
