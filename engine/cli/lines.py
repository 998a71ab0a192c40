"""JSON Lines to a file that only its owner may read, or to standard output."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from engine.errors import InputInvalid, Problem, system_reason
from engine.json_text import write_json

STDOUT = "-"
PRIVATE = 0o600


class JsonLines:
    """Writes one value a line, each as soon as it is there; ``count`` lines so far."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.count = 0

    def write(self, value: Any) -> None:
        self._stream.write(write_json(value) + b"\n")
        self.count += 1


@contextmanager
def open_lines(output: str | None, source: str | None = None) -> Generator[JsonLines]:
    """``None`` and ``-`` are standard output. Raises ``InputInvalid``: ``output.is_input``, ``output.unwritable``."""
    if output is None or output == STDOUT:
        yield JsonLines(sys.stdout.buffer)
        sys.stdout.buffer.flush()
        return
    path = Path(output)
    if source is not None and path.exists() and Path(source).exists() and path.samefile(source):
        raise InputInvalid(Problem("output.is_input", (output,)))
    with _private(path) as stream:
        yield JsonLines(stream)


def _private(path: Path) -> IO[bytes]:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE)
    except OSError as error:
        raise InputInvalid(Problem("output.unwritable", (str(path),), system_reason(error))) from None
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.fchmod(descriptor, PRIVATE)
    return os.fdopen(descriptor, "wb")
