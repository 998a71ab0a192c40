"""A line between the engine and a target that misbehaves as lines do."""

from __future__ import annotations

import asyncio
import socket
import struct
from contextlib import suppress
from typing import Literal, Self

Fault = Literal["hangs", "resets", "cuts", "doubles", "loses", "none"]
"""No answer ever; a reset instead of an answer, before the target has heard anything; an answer cut in the middle; the request delivered
twice; the request delivered, and its answer lost."""
NOW_CLOSED = struct.pack("ii", 1, 0)


class Proxy:
    """``faults``: what happens to the next requests, one each; to those after them nothing does. One request a connection."""

    def __init__(self, target: int, *faults: Fault) -> None:
        self.target, self.faults, self.met = target, list(faults), list[Fault]()
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = int(self._server.sockets[0].getsockname()[1])
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await self._exchange(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self._tasks.discard(task)
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await _message(reader)
        fault: Fault = self.faults.pop(0) if self.faults else "none"
        self.met.append(fault)
        if fault == "hangs":
            await reader.read()
        elif fault == "resets":
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NOW_CLOSED)
            writer.transport.abort()
        else:
            answer = [await self._ask(request) for _ in range(2 if fault == "doubles" else 1)][-1]
            if fault != "loses":
                writer.write(answer if fault != "cuts" else answer[: len(answer) - 5])
                await writer.drain()

    async def _ask(self, request: bytes) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.target)
        writer.write(request)
        answer = await _message(reader)
        writer.close()
        return answer


async def _message(reader: asyncio.StreamReader) -> bytes:
    """A request or an answer, with ``Connection: close`` put in so that the next one comes by another connection."""
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head[:-4].split(b"\r\n")
    length = next((int(line.split(b":")[1]) for line in lines if line.lower().startswith(b"content-length:")), 0)
    kept = [line for line in lines if not line.lower().startswith(b"connection:")]
    return b"\r\n".join([*kept, b"Connection: close"]) + b"\r\n\r\n" + await reader.readexactly(length)
