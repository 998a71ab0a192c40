"""Starting and ending the writer's process."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from typing import Final

PATIENCE: Final = 10.0
_START: Final = "import sys; from engine.store.apart.worker import main; main(int(sys.argv[1]))"


class Worker:
    """The process, from its start on; ``beginning`` is told once it is known. Secrets go over the pair of sockets alone."""

    def __init__(self) -> None:
        self.end, theirs = socket.socketpair()
        with theirs:
            number = theirs.fileno()
            paths = os.pathsep.join(path for path in sys.path if path)
            self.process = subprocess.Popen(  # noqa: S603 - ourselves
                [sys.executable, "-P", "-c", _START, str(number)], pass_fds=(number,), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": paths},
            )  # fmt: skip

    def stop(self) -> None:
        """It ends by itself once this end is closed; nobody waits for one that hangs."""
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
