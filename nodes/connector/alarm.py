"""Start on alarms."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field, StringConstraints

from engine.sdk import Arrival, DataClass, Delivery, Example, FieldClass, Params, read_json, replaces, trigger

FIELDS: Final = ("kind", "alarm", "rule", "subject", "code", "order", "text", "advice", "raised_at", "over_at", "link")
ABOUT: Final = "about"
"""What an alarm is about, in words; alarms of earlier releases come without it."""
_NEWS: Final = {name: FieldClass(DataClass.INTERNAL) for name in (*FIELDS, ABOUT)}
_RAISED: Final = {
    "kind": "raised",
    "alarm": "456146164754948096",
    "rule": "three_failures",
    "subject": "wms",
    "code": "alarm.failures",
    "order": None,
    "text": "3 calls to wms failed one after the other.",
    "advice": "Look at the connection; its test shows at which step it fails.",
    "raised_at": "2026-01-16T03:04:05Z",
    "over_at": None,
    "link": "/alarms",
}
_IN_WORDS: Final = {
    **_RAISED,
    "rule": "wrong_clock",
    "subject": "own_shop/us1",
    "about": "Own shop (us1)",
    "code": "alarm.zone_ahead",
    "order": "OWN-0001",
    "text": "The times of Own shop (us1) lie 8:00 hours in the future.",
    "advice": "Set the zone of the source to UTC+08:00.",
}
_OVER: Final = {**_RAISED, "kind": "over", "over_at": "2026-01-16T03:09:05Z"}


class OnAlarm(Params):
    rules: list[Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]] = Field(
        default_factory=list[str], max_length=100, title="Rules", description="Names of the rules whose alarms count. Empty: all."
    )
    kinds: list[Literal["raised", "escalated", "over"]] = Field(
        default=["raised", "over"],
        min_length=1,
        title="On what",
        description="raised: an alarm begins; escalated: nobody has acknowledged it in time; over: it is well again.",
        json_schema_extra={"enumTitles": {"raised": "when it begins", "escalated": "when nobody reacts", "over": "when it is over"}},
    )
    language: Literal["en", "zh"] | None = Field(
        default=None,
        title="Language",
        description="Of the texts. Empty: the language that the server is set to.",
        json_schema_extra={"enumTitles": {"en": "English", "zh": "Chinese"}},
    )


@trigger(
    "connector.alarm",
    version=1,
    label="On alarms",
    starts="alarm",
    emits=replaces(_NEWS),
    icon="bell",
    examples=(
        Example(
            {"rules": ["three_failures"]},
            [{**_RAISED, "key": "456146164754948096.raised"}],
            {"out": [_RAISED]},
            event={"channel": "alarm", "shop_id": "three_failures", "order_id": "456146164754948096", "version": "raised"},
            title="Three failures in a row",
        ),
        Example(
            {"kinds": ["over"]},
            [{**_OVER, "key": "456146164754948096.over"}],
            {"out": [_OVER]},
            event={"order_id": "456146164754948096", "version": "over"},
            title="It is well again",
        ),
        Example(
            {"rules": ["wrong_clock"], "language": "en"},
            [{**_IN_WORDS, "key": "456146164754948096.raised"}],
            {"out": [_IN_WORDS]},
            title="What it is about, in words",
        ),
    ),
)
def on_alarm(delivery: Delivery, params: OnAlarm) -> Arrival:
    """Starts the flow when an alarm begins, is escalated, or is over: with the rule, what it is about, and what to do. Nothing personal.

    Once for each, over restarts too. What belongs to one alarm comes in its order.
    """
    del params
    body = read_json(delivery.body)
    item = {name: body.get(name) for name in FIELDS} | {name: body[name] for name in (ABOUT,) if name in body}
    return Arrival((item,), "alarm", str(body.get("rule", "")), str(body.get("alarm", "")), str(body.get("kind", "")))
