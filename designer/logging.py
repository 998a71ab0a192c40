"""Logs as JSON lines on standard error. Never order data: texts are scrubbed, exceptions are named by type and place only."""

from __future__ import annotations

import logging
import re
import sys
from datetime import UTC, datetime
from pathlib import PurePath
from traceback import extract_tb
from typing import Any, Final, TextIO

import msgspec

from engine.privacy.scrub import scrub, scrubbed

_OURS: Final = "orderloom"
_OUR_NUMBER: Final = re.compile("[0-9]{18,19}")
_STANDARD: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "color_message", "taskName"}
_PLACES = 5
_NUMBERED: Final = frozenset({"run", "incident", "hold", "event"})
"""Fields that hold numbers of our own. One in ten of those looks like the number of a bank card."""


def log_to(stream: TextIO = sys.stderr, level: int = logging.INFO) -> None:
    """All loggers of the process write to ``stream``, one JSON object a line; Python's warnings too."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for noisy in ("uvicorn.access", "aiohttp.access", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    logging.getLogger("aiormq.connection").setLevel(logging.CRITICAL)  # says no more than that a source broke off, which we say ourselves
    logging.captureWarnings(capture=True)


class JsonLines(logging.Formatter):
    """``{"at", "level", "logger", "message", …}`` and whatever a log call of ours says in ``extra``."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": scrub(_message(record)),
        }
        if _is_ours(record):
            line |= {name: _field(name, value) for name, value in vars(record).items() if name not in _STANDARD and name not in line}
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            line["error"] = {"type": type(error).__name__, "at": _places(error)}
        return msgspec.json.encode(line).decode()


def _is_ours(record: logging.LogRecord) -> bool:
    return record.name.partition(".")[0] == _OURS


def _message(record: logging.LogRecord) -> str:
    """Other people's arguments may be anything: of their messages only the template is written, unless all arguments are numbers."""
    arguments = record.args if isinstance(record.args, tuple) else (record.args,)
    harmless = _is_ours(record) or all(isinstance(one, (int, float)) for one in arguments)
    text = record.getMessage() if harmless else str(record.msg)
    return text.strip().partition("\n")[0]


def _field(name: str, value: Any) -> Any:
    return value if name in _NUMBERED and isinstance(value, str) and _OUR_NUMBER.fullmatch(value) else _plain(value)


def _plain(value: Any) -> Any:
    if isinstance(value, (bool, int, float)) or value is None:
        return scrubbed(value)
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(one) for one in value]  # pyright: ignore[reportUnknownVariableType]
    return scrub(str(value))


def _places(error: BaseException) -> list[str]:
    return [f"{PurePath(frame.filename).name}:{frame.lineno}" for frame in extract_tb(error.__traceback__)[-_PLACES:]]
