"""Starting and ending the writer's process."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from typing import Final

from engine.store.apart.calls import CallsLine

PATIENCE: Final = 10.0
_START: Final = "import sys; from engine.store.apart.worker import main; main(int(sys.argv[1]), int(sys.argv[2]))"


class Worker:
    """The process, from its start on; ``beginning`` is told once it is known. Secrets go over the pair of sockets alone.

    ``end`` is for what makes up transactions, ``calls`` for the log of calls, which waits for none of them.
    """

    def __init__(self) -> None:
        self.end, theirs = socket.socketpair()
        calls, their_calls = socket.socketpair()
        self.calls = CallsLine(calls)
        with theirs, their_calls:
            numbers = (theirs.fileno(), their_calls.fileno())
            paths = os.pathsep.join(path for path in sys.path if path)
            self.process = subprocess.Popen(  # noqa: S603 - ourselves
                [sys.executable, "-P", "-c", _START, *map(str, numbers)], pass_fds=numbers, stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": paths},
            )  # fmt: skip

    def leave(self) -> None:
        """Close both ends, which ends the process."""
        self.end.close()
        self.calls.close()

    def stop(self) -> None:
        """It ends by itself once this end is closed; nobody waits for one that hangs."""
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
