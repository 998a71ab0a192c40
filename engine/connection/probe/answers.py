"""Asks an HTTP system something harmless and judges the answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

from pydantic import SecretStr
from yarl import URL

from engine.connection.addresses import join_url
from engine.connection.client import HttpClient
from engine.connection.failures import CallFailed
from engine.connection.guard import AddressGuard
from engine.connection.http import HttpRequest, HttpResponse
from engine.connection.noting import path_below
from engine.connection.probe.course import Course, ProbeFailed
from engine.connection.probe.reach import reach_url
from engine.connection.types import Connection
from engine.errors import InputInvalid
from engine.json_text import read_json

_SERVES_NOTHING: Final = (
    "reached. This address itself serves nothing (status {status}), as is usual where only paths below it or POST are served"
)


@dataclass(frozen=True, slots=True)
class Tools:
    """What probes reach the outside with: the same guard and pooled client as real calls."""

    client: HttpClient
    guard: AddressGuard
    now: Callable[[], datetime]


async def probe_target(course: Course, connection: Connection, tools: Tools) -> None:
    """A WMS or finance system: lists today's orders, ``GET {url}/orders?day=…``, as the contract for targets says."""
    now = tools.now()
    await reach_url(course, connection.address, tools.guard, now)
    with course.step("Request", timed=False) as told:
        url = str(URL(join_url(connection.address, "orders")).update_query(day=now.date().isoformat()))
        told("the list of today's orders")
    answer = await ask(course, connection, HttpRequest("GET", url), tools)
    _credentials(course, connection, answer.status, proven=answer.status < 300)
    with course.step("Order contract", timed=False) as told:
        told("answers as a system for orders does; it names {count} of today", count=len(_orders(answer)))


async def probe_service(course: Course, connection: Connection, tools: Tools) -> None:
    """Any HTTP service: what its own address answers to HEAD, or to GET where HEAD is unknown."""
    await reach_url(course, connection.address, tools.guard, tools.now())
    answer = await ask(course, connection, HttpRequest("HEAD", connection.address), tools)
    if answer.status in (405, 501):
        answer = await ask(course, connection, HttpRequest("GET", connection.address), tools)
    _credentials(course, connection, answer.status, proven=False)
    if answer.status >= 400:
        course.tell("Result", _SERVES_NOTHING, status=answer.status)
    else:
        course.tell("Result", "reached and ready")


async def ask(course: Course, connection: Connection, request: HttpRequest, tools: Tools) -> HttpResponse:
    """One real call. An answer that tells of trouble on the other side stops the probe."""
    with course.step("Answer") as told, course.call(request.method, path_below(connection.address, request.url)) as call:
        try:
            answer = await tools.client.send(connection.prepare(request, tools.now()))
        except CallFailed as failed:
            raise _without_repetition(failed) from None
        call.status, call.body = answer.status, answer.body
        if answer.status == 429 or answer.status >= 500:
            raise ProbeFailed("probe.trouble", status=answer.status)
        told("status {status}", status=answer.status)
    course.answer = answer
    return answer


def _credentials(course: Course, connection: Connection, status: int, *, proven: bool) -> None:
    """``proven``: the answer is one that only the right credentials bring, where any are needed."""
    given = any(isinstance(value, SecretStr) or (isinstance(value, dict) and value != {}) for _, value in connection)
    with course.step("Credentials", timed=False) as told:
        if status in (401, 403):
            raise ProbeFailed("probe.credentials_refused" if given else "probe.credentials_missing", status=status)
        if not given:
            told("none are set, and none were asked for")
        elif proven:
            told("accepted")
        else:
            told("sent along and not refused; whether they are checked here, the answer does not say")


def _orders(answer: HttpResponse) -> list[Any]:
    """The list in an answer of the contract. Raises ``ProbeFailed``."""
    if answer.status in (404, 405, 410):
        raise ProbeFailed("probe.no_orders", status=answer.status)
    if answer.status >= 300:
        raise ProbeFailed("probe.status", status=answer.status)
    try:
        body = read_json(answer.body)
    except InputInvalid:
        body = None
    items = cast("dict[str, Any]", body).get("items") if isinstance(body, dict) else None
    if not isinstance(items, list):
        raise ProbeFailed("probe.not_contract")
    return cast("list[Any]", items)


def _without_repetition(failed: CallFailed) -> Exception:
    """Problems of real calls speak of retries; a probe is made once."""
    code, fields = failed.problem.code, failed.problem.fields
    if code == "http.timeout":
        return ProbeFailed("probe.timeout", seconds=fields["seconds"])
    if code == "http.unreachable":
        return ProbeFailed("probe.broken_off", host=fields["host"])
    return failed
