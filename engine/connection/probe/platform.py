"""Asks an open platform for the orders of the last minute, which shows that address, clock, signature and permission are right."""

from __future__ import annotations

from typing import Any, cast

from engine.connection.channels import OpenPlatform
from engine.connection.http import HttpRequest, HttpResponse
from engine.connection.probe.answers import Tools, ask
from engine.connection.probe.course import Course, ProbeFailed
from engine.connection.probe.reach import reach_url
from engine.errors import InputInvalid
from engine.json_text import read_json, write_json


async def probe_platform(course: Course, connection: OpenPlatform, tools: Tools) -> None:
    now = tools.now()
    await reach_url(course, connection.address, tools.guard, now)
    with course.step("Request", timed=False) as told:
        told("the orders of the last minute")
    answer = await ask(course, connection, HttpRequest("POST", connection.address, {}, write_json(connection.question(now))), tools)
    with course.step("Credentials", timed=False) as told:
        require_taken(answer)
        told("accepted")


def require_taken(answer: HttpResponse) -> None:
    """Raises ``ProbeFailed``. Of a refusal only the platform's code is told: its sentences may repeat what was sent."""
    try:
        body: Any = read_json(answer.body)
    except InputInvalid:
        body = None
    if not isinstance(body, dict) or not body:
        raise ProbeFailed("probe.not_platform")
    refusal = cast("dict[str, Any]", body).get("error_response")
    if refusal is not None:
        said = cast("dict[str, Any]", refusal) if isinstance(refusal, dict) else dict[str, Any]()
        raise ProbeFailed("probe.platform_refused", said=str(said.get("error_code") or said.get("code") or "?")[:40])
