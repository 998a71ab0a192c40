"""Bodies that come packed, though nobody asked for it."""

from __future__ import annotations

import zlib
from typing import Final

import aiohttp

from engine.connection.http import TooLarge

_WITH_HEADER: Final = zlib.MAX_WBITS | 32
"""gzip's or zlib's, whichever it is."""
_DEFLATE: Final = 8


def unpacked(body: bytes, packing: str, most: int) -> bytes:
    """``packing``: a ``content-encoding`` (RFC 9110, 8.4); one that nobody registered leaves the body as it is.

    Raises ``TooLarge`` beyond ``most`` bytes, ``aiohttp.ClientPayloadError`` for what cannot be unpacked.
    """
    packing = packing.strip().lower()
    if packing in ("br", "zstd"):
        raise aiohttp.ClientPayloadError
    if packing not in ("gzip", "x-gzip", "deflate") or not body:
        return body
    bare = packing == "deflate" and body[0] & 0xF != _DEFLATE  # some servers leave zlib's header out
    try:
        whole = zlib.decompressobj(-zlib.MAX_WBITS if bare else _WITH_HEADER).decompress(body, most + 1)
    except zlib.error:
        raise aiohttp.ClientPayloadError from None
    if len(whole) > most:
        raise TooLarge
    return whole
