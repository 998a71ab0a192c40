"""Chat robots: reachable, and, only when a person asks for it, a message in the group."""

from __future__ import annotations

from engine.connection.http import HttpRequest
from engine.connection.probe.answers import Tools, ask
from engine.connection.probe.course import Course, ProbeFailed
from engine.connection.probe.reach import reach_url
from engine.connection.robots import BODIES, Robot, code_of
from engine.json_text import write_json


async def probe_robot(course: Course, robot: Robot, tools: Tools, message: str | None) -> None:
    """``message``: what to post; ``None`` posts nothing, and then the robot's key is not proven either."""
    await reach_url(course, robot.address, tools.guard, tools.now())
    if message is None or robot.type_name not in BODIES:
        course.tell("Test message", "none was posted, so the robot's key is not proven")
        return
    body = write_json(BODIES[robot.type_name](message))
    answer = await ask(course, robot, HttpRequest("POST", robot.address, {"Content-Type": "application/json"}, body), tools)
    with course.step("Test message", timed=False) as told:
        code = code_of(answer)
        if code != 0:
            raise ProbeFailed("probe.robot_refused", number=code)
        told("posted; look into the group")
