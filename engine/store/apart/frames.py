"""What two processes of this program tell each other over a pair of sockets that nobody else can reach, each with its length in front."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from typing import Any, Final

from engine.store.apart.packed import packed, unpacked

_LENGTH: Final = struct.Struct("!Q")
_MOST: Final = 1 << 18


def frame(value: Any) -> bytes:
    """Raises whatever ``pickle`` does for what cannot be told."""
    body = packed(value)
    return _LENGTH.pack(len(body)) + body


class Frames:
    """Puts together what comes in parts."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[Any]:
        self._buffer += data
        start, view = 0, self._buffer
        while len(view) - start >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(view, start)
            end = start + _LENGTH.size + length
            if len(view) < end:
                break
            body = bytes(view[start + _LENGTH.size : end])
            start = end
            yield unpacked(body)
        if start:
            del self._buffer[:start]


class Line:
    """One end, for a thread that waits."""

    def __init__(self, end: socket.socket) -> None:
        self._end, self._frames = end, Frames()

    def receive(self) -> list[Any]:
        """Whatever has come, at least one; nothing once the other end is gone."""
        while data := self._end.recv(_MOST):
            if found := list(self._frames.feed(data)):
                return found
        return []

    def send(self, value: Any) -> None:
        self._end.sendall(frame(value))
