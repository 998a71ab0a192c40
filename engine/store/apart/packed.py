"""The works that most is told of, as MessagePack by the types of their fields: a third of what pickling them takes.

What has other things in it, such as incidents, whose fields may be of any type, is pickled as before.
"""

from __future__ import annotations

import pickle
from datetime import datetime
from typing import Any, Final, TypeAlias

import msgspec

from engine.store.apart.words import Calls, Done, Work
from engine.store.call_records import CallNote
from engine.store.consignments import Consignment
from engine.store.operations import Operation, PutFact
from engine.store.owners import Claim
from engine.store.records import Accepted, Fact, NewEvent, RunEnd, RunState

PROTOCOL: Final = 5
PICKLED: Final = 0x80
"""The first byte of every pickle since protocol 2. No array of MessagePack begins with it."""


class _Other(msgspec.Struct, array_like=True, tag="other"):
    """What is told as a pickle."""

    pickled: bytes


class _End(msgspec.Struct, array_like=True):
    """A ``RunEnd`` without incidents and waits, whose types the writer's process does not know."""

    state: RunState
    at: datetime
    incidents: tuple[()]
    waits: tuple[()]
    drops_waits: bool
    timed: bool


class _Fact(msgspec.Struct, array_like=True, tag="fact"):
    """A ``PutFact`` as it is read."""

    event_id: int
    fact: Fact | None
    end: _End | None
    decision: bool
    sent: list[Consignment]


_Told: TypeAlias = NewEvent | PutFact | _Other
_Result: TypeAlias = Accepted | _Other | str | None


class _Work(msgspec.Struct, array_like=True, tag="work"):
    """``Work`` as it is read."""

    operations: list[NewEvent | _Fact | _Other]
    last: int
    claim: Claim | None
    forgotten: list[int]


class _Done(msgspec.Struct, array_like=True, tag="done"):
    results: list[_Result]
    last: int
    commits: int


class _Calls(msgspec.Struct, array_like=True, tag="calls"):
    notes: list[CallNote]


_encode: Final = msgspec.msgpack.Encoder().encode
_decode: Final = msgspec.msgpack.Decoder(_Work | _Done | _Calls).decode


def packed(value: Any) -> bytes:
    """Raises whatever ``pickle`` does for what cannot be told."""
    try:
        if isinstance(value, Work):
            return _encode(("work", [_told(one) for one in value.operations], value.last, value.claim, value.forgotten))
        if isinstance(value, Done):
            return _encode(_Done([_result(one) for one in value.results], value.last, value.commits))
        if isinstance(value, Calls) and all(note[-1] is None for note in value.notes):  # else there is any JSON among them
            return _encode(("calls", value.notes))
    except (UnicodeEncodeError, OverflowError, TypeError):  # halves of a surrogate pair, numbers of more than 64 bits
        pass
    return pickle.dumps(value, PROTOCOL)


def unpacked(body: bytes) -> Any:
    if body[0] == PICKLED:
        return pickle.loads(body)  # noqa: S301 - from the other end of a pair that this program made
    told = _decode(body)
    if isinstance(told, _Done):
        return Done([_said(one) for one in told.results], told.last, told.commits)
    if isinstance(told, _Calls):
        return Calls(told.notes)
    return Work([_operation(one) for one in told.operations], told.last, told.claim, told.forgotten)


def _told(operation: Operation) -> _Told:
    if isinstance(operation, NewEvent):
        return operation
    if isinstance(operation, PutFact):
        end = operation.end
        if end is None or not (end.incidents or end.waits):
            return operation
    return _Other(pickle.dumps(operation, PROTOCOL))


def _operation(one: NewEvent | _Fact | _Other) -> Operation:
    if isinstance(one, NewEvent):
        return one
    if isinstance(one, _Other):
        return pickle.loads(one.pickled)  # noqa: S301 - see above
    end = one.end
    ended = None if end is None else RunEnd(end.state, end.at, (), (), end.drops_waits, end.timed)
    return PutFact(one.event_id, one.fact, ended, one.decision, one.sent)


def _result(result: Any) -> _Result:
    return result if result is None or isinstance(result, Accepted | str) else _Other(pickle.dumps(result, PROTOCOL))


def _said(one: Any) -> Any:
    return pickle.loads(one.pickled) if isinstance(one, _Other) else one  # noqa: S301 - see above
