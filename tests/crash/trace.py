"""What a process asks of its system, as ``strace`` tells it."""

from __future__ import annotations

import asyncio
import re
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

CALLS = "fdatasync,fsync,pwrite64,read,recvfrom,recvmsg,write,writev,sendto,sendmsg"
LOG = "orderloom.db-wal"
_LINE = re.compile(r"^(?P<thread>\d+) +(?:(?P<call>\w+)\((?P<rest>.*)|<\.\.\. (?P<resumed>\w+) resumed>(?P<end>.*))$")


@asynccontextmanager
async def traced(processes: Sequence[int], file: Path) -> AsyncIterator[None]:
    """Every call of processes and their threads inside the block, into a file, in their order."""
    whom = [word for process in processes for word in ("-p", str(process))]
    command = ("strace", "-f", "-y", "-s", "64", "-e", f"trace={CALLS}", "-o", str(file), *whom)
    tracer = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.PIPE)
    assert tracer.stderr is not None
    for _ in processes:
        said = await asyncio.wait_for(tracer.stderr.readline(), 120)
        assert b"attached" in said, said.decode()
    try:
        yield
    finally:
        tracer.send_signal(signal.SIGINT)
        await asyncio.wait_for(tracer.communicate(), 30)


def acceptance_faults(file: Path) -> list[str]:
    """Between the request of a hook and its answer: the log is written, and flushed after that."""
    asked = written = flushed = False
    flushing: set[str] = set()
    for line in file.read_text(encoding="utf-8").splitlines():
        found = _LINE.match(line)
        if found is None:
            continue
        thread, call, rest = found["thread"], found["call"] or found["resumed"], found["rest"] or found["end"]
        begins, ends = found["call"] is not None, "<unfinished" not in line
        if "POST /hooks/" in rest:
            asked = True
        elif asked and call == "pwrite64" and LOG in rest and begins:
            written, flushed = True, False
        elif call in ("fdatasync", "fsync"):
            flushing.update({thread} if begins and LOG in rest else ())
            if ends and thread in flushing:
                flushed = flushed or written
                flushing.discard(thread)
        elif asked and "HTTP/1.1 200" in rest:
            return [] if flushed else [f"the sender was answered before it was {'flushed' if written else 'written'}"]
    return ["the trace shows no answer"]
