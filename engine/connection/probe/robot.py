"""Chat robots: reachable, and, only when a person asks for it, a message in the group."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, cast

from engine.connection.http import HttpRequest, HttpResponse
from engine.connection.probe.answers import Tools, ask
from engine.connection.probe.course import Course, ProbeFailed
from engine.connection.probe.reach import reach_url
from engine.connection.robots import Robot
from engine.errors import InputInvalid
from engine.json_text import read_json, write_json

BODIES: Final[Mapping[str, Callable[[str], dict[str, Any]]]] = {
    "wecom": lambda text: {"msgtype": "text", "text": {"content": text}},
    "dingtalk": lambda text: {"msgtype": "text", "text": {"content": text}},
    "feishu": lambda text: {"msg_type": "text", "content": {"text": text}},
}
"""How a text message is written, by type of robot: as in the platforms' documentation."""


async def probe_robot(course: Course, robot: Robot, tools: Tools, message: str | None) -> None:
    """``message``: what to post; ``None`` posts nothing, and then the robot's key is not proven either."""
    await reach_url(course, robot.address, tools.guard, tools.now())
    if message is None or robot.type_name not in BODIES:
        course.tell("Test message", "none was posted, so the robot's key is not proven")
        return
    body = write_json(BODIES[robot.type_name](message))
    answer = await ask(course, robot, HttpRequest("POST", robot.address, {"Content-Type": "application/json"}, body), tools)
    with course.step("Test message", timed=False) as told:
        code = _code(answer)
        if code != 0:
            raise ProbeFailed("probe.robot_refused", number=code)
        told("posted; look into the group")


def _code(answer: HttpResponse) -> int:
    """The platform's own code, 0 for done; the HTTP status where there is none."""
    try:
        body = read_json(answer.body)
    except InputInvalid:
        body = None
    members = cast("dict[str, Any]", body) if isinstance(body, dict) else {}
    found = next((members[name] for name in ("errcode", "code", "StatusCode") if isinstance(members.get(name), int)), None)
    return answer.status if found is None else found
