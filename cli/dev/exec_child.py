"""Run a program that does not outlive its supervisor: `exec_child.py PARENT SIGNAL UID:GID|- PROGRAM ARGUMENT…`.

Linux sends SIGNAL to this process when the thread that started it ends, however it ends (SIGKILL included). The wish
survives `exec` but not a change of user, hence the order below. A script of its own, run before the program, because
the supervisor has threads (its progress display) and Python code between fork and exec is then not safe.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1


def main(parent: str, death_signal: str, identity: str, *command: str) -> None:
    if identity != "-":
        uid, gid = map(int, identity.split(":"))
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    if os.getppid() != int(parent):  # it died before the wish was made
        sys.exit(1)
    os.execvp(command[0], command)  # noqa: S606


if __name__ == "__main__":
    main(*sys.argv[1:])
