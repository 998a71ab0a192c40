"""``POST /hooks/{flow}/{trigger}``: a delivery is answered below 300 only after its event is durable.

A bare ASGI handler, because an order passes here: no request object, no guard, no serialisation layer.
"""

from __future__ import annotations

import logging
from urllib.parse import parse_qsl

from litestar.handlers import asgi
from litestar.types import Receive, Scope, Send

from designer.hooks.answers import send_accepted, send_refusal
from designer.hooks.body import Gone, read_body
from designer.problems import Refused, accepted_language, status_of
from engine.access.permissions import ANYONE, may
from engine.app import Orderloom
from engine.errors import NotFound, OrderloomError, Problem
from engine.intake.accept import Busy
from engine.node.triggers import Delivery
from engine.store.ports import Accepted

log = logging.getLogger("orderloom.hooks")


@asgi("/hooks", is_mount=True, copy_scope=False, opt={"permission": "hook.deliver"})
async def deliver(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers 200, 400 ``body.unreadable``, 401 ``signature.invalid``, 404 ``hook.unknown``, 405, 408, 413 or 503 with ``Retry-After``."""
    state = scope["litestar_app"].state
    try:
        accepted = await _accept(state.orderloom, scope, receive, state.orderloom.settings.max_body)
    except Gone:
        state.deliveries["gone"] += 1
    except Exception as error:  # noqa: BLE001 - whatever happens, the sender gets an answer
        status = await send_refusal(send, _as_seen_by_sender(error), accepted_language(_header(scope, b"accept-language")))
        state.deliveries[str(status)] += 1
    else:
        state.deliveries["duplicate" if accepted.duplicate else "accepted"] += 1
        await send_accepted(send, accepted)


async def _accept(orderloom: Orderloom, scope: Scope, receive: Receive, limit: int) -> Accepted:
    if scope.get("method") != "POST":
        raise Refused(405, Problem("request.method"), {"Allow": "POST"})
    flow, trigger = _address(scope["path"])
    if not may(ANYONE, "hook.deliver", flow):
        raise Refused(403, Problem("access.denied", fields={"action": "hook.deliver"}))
    body = await read_body(scope, receive, limit)
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    raw_query = scope["query_string"]
    query = dict(parse_qsl(raw_query.decode("latin-1"), keep_blank_values=True)) if raw_query else {}
    return await orderloom.intake.hook(flow, trigger, Delivery(body, headers, query))


def _address(path: str) -> tuple[str, str]:
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


def _header(scope: Scope, wanted: bytes) -> str:
    return next((value.decode("latin-1") for name, value in scope["headers"] if name == wanted), "")
