"""What has been seen before (rule R4): pure decisions over keyed digests, shared by all stores.

Digests are keyed, because a key may be made of personal data and outlives the event by far.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from engine.store.ports import NewEvent

_NUMBERS = re.compile(r"[0-9]{6,}")
_FEW, _MANY = 3, 9


class Kept(NamedTuple):
    """What is kept of an event beside its key: digests of its content and of the delivery that brought it, and its id."""

    content: bytes
    delivery: bytes | None
    event_id: int


Seen = Callable[[bytes], "Kept | None"]


@dataclass(slots=True)
class Identity:
    """Digests of an event's key, of its content, and of its delivery together with its key (if it has one)."""

    key: bytes
    content: bytes
    delivery: bytes | None


@dataclass(slots=True)
class Verdict:
    """``first`` is the event that a duplicate repeats; ``key`` and ``digests`` are those to keep a new event under."""

    key: str
    digests: tuple[bytes, ...] = ()
    first: int | None = None
    conflict: bool = False


class Digester:
    """Digests under one secret, which the store keeps sealed."""

    def __init__(self, secret: bytes) -> None:
        self.secret = secret
        self._key = hashlib.blake2b(digest_size=12, key=secret, person=b"key")
        """Copied for each key: beginning anew takes four times as long."""

    def identity(self, event: NewEvent) -> Identity:
        delivery = event.delivery_key
        return Identity(
            self.key(event.flow, event.key),
            self._digest(b"content", event.content),
            None if delivery is None else self._digest(b"delivery", f"{event.flow}\0{len(delivery)}\0{delivery}{event.key}"),
        )

    def key(self, flow: str, key: str) -> bytes:
        """16 bytes; keys whose numbers differ only in their last digits (orders of one day, say) share the first of them.

        So they lie on the same pages of the index. Wholly scattered keys cost a page each in every transaction: measured, more
        than everything else that accepting an event takes.
        """
        number = max(_NUMBERS.findall(key), key=len, default="")
        end = key.find(number) + len(number) if number else 0
        many, few = max(end - _MANY, 0), max(end - _FEW, 0)
        digest = self._key.copy()
        digest.update(f"{flow}\0{key[:many]}".encode())
        head = digest.digest()[:2]
        digest.update(key[many:few].encode())
        head += digest.digest()[:2]
        digest.update(key[few:].encode())
        return head + digest.digest()

    def signing_key(self) -> bytes:
        """For tokens that only this store can have given."""
        return self._digest(b"signing", "")

    def subject_key(self) -> bytes:
        """For the blind index of whom orders are for."""
        return self._digest(b"subjects", "")

    def _digest(self, purpose: bytes, text: str) -> bytes:
        return hashlib.blake2b(text.encode(), digest_size=16, key=self.secret, person=purpose).digest()


def judge(event: NewEvent, identity: Identity, digester: Digester, seen: Seen) -> Verdict:
    """Whether an event is new, and under which key it is kept.

    A delivery seen before is a duplicate if it brought the same event key; with another one the event key decides.
    """
    kept = seen(identity.key)
    if kept is None:
        return Verdict(event.key, (identity.key,))
    if kept.content == identity.content or (kept.delivery is not None and kept.delivery == identity.delivery):
        return Verdict(event.key, first=kept.event_id)
    return _conflicting(event, identity, digester, seen)


def _conflicting(event: NewEvent, identity: Identity, digester: Digester, seen: Seen) -> Verdict:
    """Another content under a known key; the delivery of such an event is kept as a key of its own."""
    key = f"{event.key}~{event.content}"
    digest = digester.key(event.flow, key)
    kept = seen(digest) or (seen(identity.delivery) if identity.delivery else None)
    digests = (digest, identity.delivery) if identity.delivery else (digest,)
    return Verdict(key, () if kept else digests, kept.event_id if kept else None, conflict=True)
