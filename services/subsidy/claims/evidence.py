"""Files of evidence 证明材料: PDF, JPG or PNG by their content, whatever their name says."""

from uuid import UUID

from fastapi import UploadFile
from sqlalchemy.ext.asyncio import AsyncSession

from services.subsidy.claims.schemas import FileOut
from shared.auth import Principal
from shared.errors import Text, TooLarge, UnsupportedMedia
from shared.files import FileStore

LARGEST = 5 * 1024 * 1024
_BEGINNINGS = {b"%PDF-": "application/pdf", b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}
_ENDINGS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}


class NotEvidence(UnsupportedMedia):
    code = "not-evidence"
    title = Text("证明材料应为 PDF、JPG 或 PNG 文件", "Evidence is a PDF, JPG or PNG file")


async def store(session: AsyncSession, files: FileStore, caller: Principal, upload: UploadFile) -> FileOut:
    """Raises `TooLarge` above 5 MB and `NotEvidence` for other content."""
    content = await upload.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise TooLarge(Text("单个材料不超过 5 MB", "One file has at most 5 MB"))
    media_type = media_type_of(content)
    file_id: UUID = await files.put(
        session,
        content,
        kind="evidence",
        media_type=media_type,
        made_by=caller.subject,
        region=caller.region,
        org=caller.org,
    )
    return FileOut(id=file_id, media_type=media_type, size=len(content))


def media_type_of(content: bytes) -> str:
    """Raises `NotEvidence`."""
    for beginning, media_type in _BEGINNINGS.items():
        if content.startswith(beginning):
            return media_type
    raise NotEvidence


def file_name(file_id: UUID, media_type: str) -> str:
    return f"{file_id}.{_ENDINGS[media_type]}"
