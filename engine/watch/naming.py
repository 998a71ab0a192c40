"""How people call what an alarm names by a slug: channels, shops, systems, stages, couriers and rules, in one language. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from engine.catalogue import text
from engine.order.names import CHANNELS, COURIERS
from engine.store.ports import Alarm
from engine.watch.rule import Rule
from engine.watch.rules import DEFAULTS
from engine.watch.subjects import ALL

TARGETS: Final[Mapping[str, str]] = {"wms": "WMS", "finance": "Finance system"}
STAGES: Final[Mapping[str, str]] = {"canonical": "In one form", "wms": "Warehouse", "finance": "Finance", "shipped": "Shipped"}
WITH_MORE: Final = "{name} ({more})"
_CLOCKS: Final = ("alarm.zone_", "alarm.clock_")


def rule_title(name: str, rule: Rule | None, language: str) -> str:
    """One that is there from the beginning is called by what it looks at; one that people added by its name, too.

    ``rule``: as it is now, ``None`` where it is no more.
    """
    title = rule.called if rule is not None else DEFAULTS[name].called if name in DEFAULTS else None
    if title is None:
        return name
    return text(title, language) if name in DEFAULTS else text(WITH_MORE, language, name=text(title, language), more=name)


def about(alarm: Alarm, language: str) -> str:
    """What an alarm is about; empty where its text says all there is."""
    if alarm.subject == ALL:
        return ""
    name = next((name for beginning, name in _ABOUT.items() if alarm.code.startswith(beginning)), None)
    return alarm.subject if name is None else name(alarm, language)


def named(code: str, fields: Mapping[str, Any], language: str) -> dict[str, Any]:
    """The fields of an alarm's text with names in place of slugs."""
    names = {**_NAMES, "source": source_name} if code.startswith(_CLOCKS) else _NAMES
    return {field: names[field](value, language) if field in names and isinstance(value, str) else value for field, value in fields.items()}


def source_name(source: str, language: str) -> str:
    """``own_shop/s1``: a channel, and its shop where it has one of another name; ``wms``: a system."""
    channel, _, shop = source.partition("/")
    name = _word(TARGETS if channel in TARGETS else CHANNELS, channel, language)
    return name if shop in ("", channel) else text(WITH_MORE, language, name=name, more=shop)


def operation_name(operation: str, language: str) -> str:
    """``own_shop.order``."""
    channel, _, what = operation.partition(".")
    name = _word(CHANNELS, channel, language)
    return text("{channel} order", language, channel=name) if what == "order" else text(WITH_MORE, language, name=name, more=what)


def _way(alarm: Alarm, language: str) -> str:
    channel, _, target = alarm.subject.partition("/")
    return f"{_channel_name(channel, language)} → {_word(TARGETS, target, language)}"


def _operation(alarm: Alarm, language: str) -> str:
    return operation_name(str(alarm.fields.get("operation", alarm.subject)), language)


def _channel_name(channel: str, language: str) -> str:
    return _word(CHANNELS, channel, language)


def _courier_name(courier: str, language: str) -> str:
    return _word(COURIERS, courier, language)


def _word(known: Mapping[str, str], value: str, language: str) -> str:
    """One that nobody foresaw is shown as it is."""
    return text(known[value], language) if value in known else value


_ABOUT: Final[Mapping[str, Callable[[Alarm, str], str]]] = {
    "alarm.delay_": _way,
    "alarm.stuck_": lambda alarm, language: _word(STAGES, alarm.subject, language),
    "alarm.drift_": _operation,
    "alarm.parcel_": lambda alarm, _: str(alarm.fields.get("parcel", alarm.subject)),
    "alarm.no_orders": lambda alarm, language: source_name(alarm.subject, language),
    **dict.fromkeys(_CLOCKS, lambda alarm, language: source_name(alarm.subject, language)),
}
"""By the beginning of the alarm's code."""
_NAMES: Final[Mapping[str, Callable[[str, str], str]]] = {
    "channel": _channel_name,
    "carrier": _courier_name,
    "operation": operation_name,
}
