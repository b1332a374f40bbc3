"""Where the server's files lie, and as whom it runs.

PostgreSQL refuses to run as root. When the supervisor is root (in a container or on a throw-away machine), the server
runs as a system user, who must be able to reach its programs and its data. A clone below a closed home folder is out
of that user's reach; what the server needs is then kept below `/var/lib/bangfu`.
"""

import hashlib
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from cli.errors import CommandError

REFUGE = Path("/var/lib/bangfu")
SYSTEM_USERS = ("postgres", "nobody")


@dataclass(frozen=True, slots=True)
class Account:
    """A system user to run the server as."""

    name: str
    uid: int
    gid: int


def server_account() -> Account | None:
    """The system user for the server when the supervisor is root, None when it runs as itself."""
    if os.geteuid() != 0:
        return None
    for name in SYSTEM_USERS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    raise CommandError(f"PostgreSQL does not run as root, and this system has no user {' or '.join(SYSTEM_USERS)}.")


def place(folder: Path, account: Account | None) -> Path:
    """The folder to use for data: `folder` itself, or its stand-in below /var/lib/bangfu when the account cannot
    reach it. The same folder always gets the same stand-in."""
    folder = folder.absolute()
    return folder if reachable(folder, account) else _refuge_of(folder)


def place_programs(installation: Path, account: Account | None) -> Path:
    """Like `place`, for the server programs in a wheel, which are copied once together with the libraries that lie
    beside the package (the programs look for them at `../../../<package>.libs`)."""
    program = installation / "bin" / "postgres"
    if reachable(program, account):
        return installation
    package, site = installation.parent, installation.parent.parent
    copy = _refuge_of(package, version=program.stat().st_mtime_ns)
    if not copy.exists():
        make_folder(REFUGE)
        unfinished = copy.with_name(f"{copy.name}.{os.getpid()}")
        for part in (installation.relative_to(site), Path(f"{package.name}.libs")):
            shutil.copytree(site / part, unfinished / part, symlinks=True, ignore=shutil.ignore_patterns("include"))
        _open_to_all(unfinished)
        unfinished.rename(copy)
    return copy / installation.relative_to(site)


def _open_to_all(folder: Path) -> None:
    """Let everybody read and traverse, as a package manager would leave programs, whatever the umask was."""
    for one in (folder, *folder.rglob("*")):
        if not one.is_symlink():
            mode = one.stat().st_mode
            one.chmod(mode | 0o444 | (0o111 if mode & 0o100 else 0))


def reachable(path: Path, account: Account | None) -> bool:
    """Whether the account can traverse to the path, or to where it will be made. Asked of the system itself, so that
    access lists count too."""
    if account is None:
        return True
    existing = next(one for one in (path, *path.parents) if one.exists())
    command = ["/usr/bin/test", "-x", str(existing)]
    return subprocess.run(command, user=account.uid, group=account.gid, extra_groups=[], cwd="/").returncode == 0


def make_folder(folder: Path, mode: int = 0o755) -> None:
    """Make the folder with the mode, and missing parents open to traverse, whatever the umask."""
    for one in reversed([folder, *folder.parents]):
        if not one.exists():
            try:
                one.mkdir()
                one.chmod(mode if one == folder else 0o755)
            except OSError as error:
                raise CommandError(f"Cannot make the folder {one}: {error.strerror}.") from error


def _refuge_of(path: Path, version: int = 0) -> Path:
    digest = hashlib.sha256(f"{path}\0{version}".encode()).hexdigest()[:12]
    return REFUGE / f"{path.name}-{digest}"
