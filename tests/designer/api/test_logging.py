from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest

from designer.logging import JsonLines, log_to
from engine.privacy.scrub import scrub

PHONE = "13812345678"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    stream = io.StringIO()
    log_to(stream)
    yield stream
    root.handlers[:] = before
    root.setLevel(level)
    logging.captureWarnings(capture=False)


def only(stream: io.StringIO) -> dict[str, object]:
    (line,) = stream.getvalue().splitlines()
    return json.loads(line)


def test_what_our_calls_say_besides_is_written(lines: io.StringIO) -> None:
    logging.getLogger("orderloom.x").warning("run waits", extra={"run": "17", "codes": ["a.b"]})
    line = only(lines)
    assert (line["level"], line["logger"], line["message"], line["run"], line["codes"]) == (
        "warning",
        "orderloom.x",
        "run waits",
        "17",
        ["a.b"],
    )


def test_a_library_that_tells_each_attempt_to_connect_is_silent(lines: io.StringIO) -> None:
    logging.getLogger("aiormq.connection").error("error when creating transport: %r", OSError())
    assert not lines.getvalue()


def test_a_number_of_a_person_is_scrubbed_everywhere(lines: io.StringIO) -> None:
    logging.getLogger("orderloom.x").error("call %s", PHONE, extra={"reason": f"tel {PHONE}", "many": [PHONE]})
    assert PHONE not in lines.getvalue()


def test_numbers_of_our_own_stay_though_they_look_like_those_of_a_card(lines: io.StringIO) -> None:
    card = "457318463556296704"
    assert scrub(card) != card
    logging.getLogger("orderloom.x").warning("run stands still", extra={"run": card, "reason": card})
    line = only(lines)
    assert line["run"] == card
    assert card not in str(line["reason"])


def test_a_field_of_our_own_numbers_takes_no_other_text(lines: io.StringIO) -> None:
    logging.getLogger("orderloom.x").warning("run stands still", extra={"run": f"of {PHONE}"})
    assert PHONE not in lines.getvalue()


def test_of_an_exception_only_type_and_place_are_written(lines: io.StringIO) -> None:
    try:
        int("Zhang San, Nanjing Road 1")
    except ValueError:
        logging.getLogger("somewhere").exception("failed\nZhang San")
    line = only(lines)
    assert line["error"] == {"type": "ValueError", "at": [line["error"]["at"][0]]}  # type: ignore[index]
    assert "Zhang" not in lines.getvalue()


def test_of_other_peoples_messages_only_the_template_is_written(lines: io.StringIO) -> None:
    logging.getLogger("aiohttp.client").error("cannot parse %s", {"name": "Zhang San"})
    assert only(lines)["message"] == "cannot parse %s"


def test_numbers_in_other_peoples_messages_are_written(lines: io.StringIO) -> None:
    logging.getLogger("uvicorn.error").info("Started server process [%d]", 17)
    assert only(lines)["message"] == "Started server process [17]"


def test_an_odd_value_never_stops_a_log_call() -> None:
    record = logging.LogRecord("orderloom", logging.INFO, "f.py", 1, "hi", None, None)
    record.odd = object()
    assert json.loads(JsonLines().format(record))["odd"].startswith("<object object")
