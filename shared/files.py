"""Files of evidence and imports: a row in the database, the content encrypted in a folder all replicas share.

The content is written and fsynced before the row commits, under a name that is a keyed hash of its id; what a rolled
back transaction left behind is an orphan, which the worker's sweep removes after a day.
"""

import asyncio
import hashlib
import os
import time
from pathlib import Path
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from shared import ids
from shared.crypto import Keyring
from shared.errors import NotFound
from shared.tables import stored_file

_ORPHAN_SECONDS = 86_400


class FileStore:
    def __init__(self, folder: Path, keyring: Keyring) -> None:
        self._folder, self._keyring = folder, keyring

    async def put(
        self,
        session: AsyncSession,
        content: bytes,
        *,
        kind: str,
        media_type: str,
        made_by: str,
        region: str | None = None,
        org: UUID | None = None,
    ) -> UUID:
        """Store one file; it exists once the session commits."""
        file_id = ids.new_id()
        await asyncio.to_thread(self._write, file_id, content)
        await session.execute(
            insert(stored_file).values(
                id=file_id,
                kind=kind,
                media_type=media_type,
                size=len(content),
                sha256=hashlib.sha256(content).digest(),
                made_by=made_by,
                region=region,
                org=org,
            )
        )
        return file_id

    async def get(self, session: AsyncSession, file_id: UUID) -> bytes:
        """The content of a file whose row the session may see. Raises `NotFound`."""
        if await session.scalar(select(stored_file.c.id).filter_by(id=file_id)) is None:
            raise NotFound
        return await asyncio.to_thread(self._read, file_id)

    async def sweep(self, session: AsyncSession) -> int:
        """Remove content that no row names and that is older than a day. Returns how many."""
        old = await asyncio.to_thread(self._older_than, time.time() - _ORPHAN_SECONDS)
        if not old:
            return 0
        named = {self._path(row).name for row in await session.scalars(select(stored_file.c.id))}
        orphans = [path for path in old if path.name not in named]
        for path in orphans:
            await asyncio.to_thread(path.unlink, missing_ok=True)
        return len(orphans)

    def _path(self, file_id: UUID) -> Path:
        name = self._keyring.fingerprint(str(file_id), "file").hex()
        return self._folder / name[:2] / name

    def _write(self, file_id: UUID, content: bytes) -> None:
        path = self._path(file_id)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        sealed = self._keyring.encrypt(content, file_id.bytes)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(sealed)
            file.flush()
            os.fsync(file.fileno())
        _fsync_folder(path.parent)

    def _read(self, file_id: UUID) -> bytes:
        return self._keyring.decrypt(self._path(file_id).read_bytes(), file_id.bytes)

    def _older_than(self, moment: float) -> list[Path]:
        return [path for path in self._folder.glob("??/*") if path.stat().st_mtime < moment]


def _fsync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
