"""Files that hold secrets: written whole or not at all, readable by their owner only."""

import os
import tempfile
from pathlib import Path

_OTHERS = 0o077


def write_secret(path: Path, text: str, *, once: bool = False) -> None:
    """Write the file atomically with mode 0600: a reader sees the old text or the new, also after a power loss.

    With `once` an existing file stays as it is and FileExistsError is raised, whoever else writes at the moment.
    """
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mkstemp makes it 0600
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if once:
            path.hardlink_to(name)
        else:
            Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def refuse_wide_permissions(path: Path) -> None:
    """Raise PermissionError when group or others may touch the file."""
    mode = path.stat().st_mode & 0o777
    if mode & _OTHERS:
        raise PermissionError(f"{path} holds secrets and has mode {mode:04o}. Run: chmod 600 '{path}'")
