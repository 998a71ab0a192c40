"""``POST /hooks/{flow}/{trigger}``: a delivery is answered below 300 only after its event is durable.

200 or as the trigger says; 400 ``body.unreadable``, 401 ``signature.invalid``, 404 ``hook.unknown``, 405, 408, 413 or 503 with
``Retry-After``. A bare ASGI handler, because an order passes here: no request object, no guard, no serialisation layer.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Coroutine
from datetime import datetime
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl

from designer.hooks.answers import Refusal, refusal_of, send_accepted, send_own, send_refusal
from designer.hooks.body import Gone, read_body
from designer.problems import Refused, accepted_language, status_of
from engine.access.permissions import ANYONE, may
from engine.app import Orderloom, now
from engine.errors import NotFound, OrderloomError, Problem
from engine.intake.accept import Busy
from engine.intake.answers import HookAnswer
from engine.node.triggers import Delivery
from engine.store.ports import Accepted

if TYPE_CHECKING:  # hooks are accepted before the framework is loaded
    from litestar.types import ASGIApp, Receive, Scope, Send

log = logging.getLogger("orderloom.hooks")
MOUNT: Final = "/hooks"
MOST_OF_A_NAME: Final = 122
LONGEST_NUMBER: Final = 16


def front(orderloom: Orderloom, deliveries: Counter[str], rest: ASGIApp) -> ASGIApp:
    """The application with a shorter way for deliveries: their handler does all by itself, so nothing of the framework is passed on it."""

    def application(scope: Scope, receive: Receive, send: Send) -> Coroutine[Any, Any, None]:
        if scope["type"] == "http" and scope["path"].startswith(f"{MOUNT}/"):
            scope["path"] = scope["path"][len(MOUNT) :]
            return answer(orderloom, deliveries, scope, receive, send)
        return rest(scope, receive, send)

    return application


async def answer(orderloom: Orderloom, deliveries: Counter[str], scope: Scope, receive: Receive, send: Send) -> None:
    at, began = now(), perf_counter()
    try:
        accepted, own = await _accept(orderloom, scope, receive, orderloom.settings.max_body)
    except Gone:
        deliveries["gone"] += 1
        _note(orderloom, scope, at, began, None, "gone")
    except Exception as error:  # noqa: BLE001 - whatever happens, the sender gets an answer
        await send_refusal(send, refused(orderloom, deliveries, scope, error, at, began))
    else:
        deliveries["duplicate" if accepted.duplicate else "accepted"] += 1
        await (send_accepted(send, accepted) if own is None else send_own(send, accepted, own))
        note_accepted(orderloom, _place(scope), at, began, accepted.id, 200 if own is None else own.status)


def refused(orderloom: Orderloom, deliveries: Counter[str], scope: Any, error: Exception, at: datetime, began: float) -> Refusal:
    """What the sender is told, which is noted. Of ``scope`` path, method and headers are looked at."""
    seen = _as_seen_by_sender(error)
    refusal = refusal_of(seen, accepted_language(_header(scope, b"accept-language")))
    deliveries[str(refusal.status)] += 1
    code = seen.problems[0].code if isinstance(seen, OrderloomError) else "fault"
    _note(orderloom, scope, at, began, refusal.status, code)
    return refusal


def note_accepted(orderloom: Orderloom, place: str, at: datetime, began: float, event: int, status: int = 200) -> None:
    """Of a delivery that was taken in the log keeps its event."""
    took = (perf_counter() - began) * 1000
    orderloom.store.call_log.note(
        (at, "in", place, "POST", f"{MOUNT}/{place}", status, None, took, False, event, None, None, None, 1, None, None)
    )


def _note(orderloom: Orderloom, scope: Any, at: datetime, began: float, status: int | None, code: str) -> None:
    """Of one that was refused only the code and the size that it said."""
    place, said = _place(scope), _header(scope, b"content-length")
    size = int(said) if said.isascii() and said.isdigit() and len(said) < LONGEST_NUMBER else None
    took = (perf_counter() - began) * 1000
    orderloom.store.call_log.note(
        (at, "in", place, scope.get("method", ""), f"{MOUNT}/{place}", status, code, took, True, None, None, None, None, 1, size, None)
    )


async def _accept(orderloom: Orderloom, scope: Any, receive: Receive, limit: int) -> tuple[Accepted, HookAnswer | None]:
    if scope.get("method") != "POST":
        raise Refused(405, Problem("request.method"), {"Allow": "POST"})
    flow, trigger = address_of(scope["path"])
    if not may(ANYONE, "hook.deliver", flow):
        raise Refused(403, Problem("access.denied", fields={"action": "hook.deliver"}))
    orderloom.take_up.require_room()
    body = await read_body(scope, receive, limit)
    with orderloom.take_up.room(len(body)):
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        raw_query = scope["query_string"]
        query = dict(parse_qsl(raw_query.decode("latin-1"), keep_blank_values=True)) if raw_query else {}
        delivery = Delivery(body, headers, query)
        accepted = await orderloom.intake.hook(flow, trigger, delivery)
        return accepted, await orderloom.answers.of(flow, trigger, delivery, accepted)


def address_of(path: str) -> tuple[str, str]:
    """Flow and trigger of the path below the mount (the framework gives bare handlers no path parameters)."""
    parts = path.strip("/").split("/")
    if len(parts) != 2:
        raise NotFound(Problem("hook.unknown", tuple(part[:60] for part in parts[:2])))
    return parts[0], parts[1]


def _as_seen_by_sender(error: Exception) -> Exception:
    """A fault of ours (a connection that is not set, say) is no fault of the delivery: the sender comes again."""
    if isinstance(error, OrderloomError) and not isinstance(error, (Refused, Busy)):
        code = error.problems[0].code
        if status_of(error) in (409, 422, 500) or (status_of(error) == 404 and code != "hook.unknown"):
            log.error("hook cannot accept", extra={"code": code, "where": error.problems[0].where})
            return Busy(Problem("hook.not_ready"))
    return error


def _place(scope: Any) -> str:
    return str(scope["path"]).removeprefix(MOUNT).strip("/")[:MOST_OF_A_NAME]


def _header(scope: Any, wanted: bytes) -> str:
    return next((value.decode("latin-1") for name, value in scope["headers"] if name == wanted), "")
