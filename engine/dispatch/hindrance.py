"""Why a run cannot be executed, and how the log tells of it."""

from __future__ import annotations

from engine.errors import FlowInvalid, OrderloomError, Problem, place_of


def hindrance(error: Exception) -> Problem:
    """Why a run cannot be executed; a node type that is gone has a name of its own."""
    if not isinstance(error, OrderloomError):
        return Problem("run.not_executable", fields={"type": type(error).__name__})
    if isinstance(error, FlowInvalid):
        gone = next((problem for problem in error.problems if problem.code in ("node.unknown", "node.unknown_version")), None)
        if gone is not None:
            return Problem("node.missing", gone.where[:-1], {"use": gone.fields.get("use") or "{name}@{version}".format(**gone.fields)})
    return error.problems[0]


def about(error: Exception) -> dict[str, str]:
    """What the log may say of an error: its text may hold personal data."""
    code = error.problems[0].code if isinstance(error, OrderloomError) else ""
    return {"type": type(error).__name__, "code": code, "place": place_of(error)}
