"""What a message about an alarm says, in one language. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from engine.catalogue import explain, text
from engine.errors import Problem
from engine.order import utc_text
from engine.store.ports import Alarm, AlarmMessage, MessageKind
from engine.watch.naming import about, named, rule_title
from engine.watch.rule import Rule

LONGEST: Final = 500
"""Characters; WeChat Work takes 2,048 bytes."""
HEADS: Final[Mapping[MessageKind, str]] = {
    "raised": "Alarm: {what}",
    "escalated": "Alarm, not acknowledged yet: {what}",
    "over": "Over after {time}: {what}",
}


def problem_of(alarm: Alarm, language: str) -> Problem:
    """What is wrong, in terms that people use in this language."""
    return Problem(alarm.code, (), named(alarm.code, alarm.fields, language))


def said(kind: MessageKind, alarm: Alarm, language: str, rule: Rule | None = None) -> tuple[str, str]:
    """The heading, in one line, and the whole text. ``rule``: as it is now, if there still is one."""
    told = explain(problem_of(alarm, language), language)
    head = text(HEADS[kind], language, what=told["what"], time=span(alarm.raised_at, alarm.over_at))
    lines = [head] if kind == "over" else [head, told["do"]]
    title = rule_title(alarm.rule, rule, language)
    lines.append(text("Rule “{rule}”, since {at}. Orderloom › Alarms", language, rule=title, at=utc_text(alarm.raised_at)))
    return " ".join(head.split())[:LONGEST], "\n".join(line[:LONGEST] for line in lines if line)


def item_of(message_kind: MessageKind, alarm: Alarm, language: str) -> Mapping[str, Any]:
    """The same as data, for flows and for systems that take JSON. ``key`` is that of the event that it makes.

    ``subject`` names by slugs what ``about`` says in words.
    """
    told = explain(problem_of(alarm, language), language)
    order = alarm.fields.get("order")
    return {
        "key": f"{alarm.id}.{message_kind}",
        "kind": message_kind,
        "alarm": str(alarm.id),
        "rule": alarm.rule,
        "subject": alarm.subject,
        "about": about(alarm, language),
        "code": alarm.code,
        "order": order if isinstance(order, str) and order else None,
        "text": told["what"],
        "advice": told["do"],
        "raised_at": utc_text(alarm.raised_at),
        "over_at": None if alarm.over_at is None else utc_text(alarm.over_at),
        "link": "/alarms",
    }


def key_of(message: AlarmMessage) -> str:
    """The idempotency key: the same, however often a message is tried."""
    return f"alarm-{message.alarm_id}-{message.kind}-{message.id}"


def span(since: datetime, until: datetime | None) -> str:
    """``0:05`` hours and minutes."""
    minutes = 0 if until is None else max(round((until - since).total_seconds() / 60), 0)
    return f"{minutes // 60}:{minutes % 60:02}"
