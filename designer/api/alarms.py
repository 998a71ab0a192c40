"""Alarms, the rules that raise them, and how long orders take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, Literal

from litestar import delete, get, post, put
from litestar.params import FromPath, FromQuery, QueryParameter, RawBody

from designer.api.given import Actor, Cursor, Language, Limit, Loom, TakesJson, number
from designer.api.shapes import Listed, ProblemShown, listed, utc, utc_or_none
from engine.app import Orderloom
from engine.catalogue import explain
from engine.json_text import read_json
from engine.store.ports import Alarm, AlarmFilter, AlarmMessage
from engine.watch.message import problem_of
from engine.watch.rule import Rule
from engine.watch.rule_documents import rule_document

UNKNOWN = "alarm.unknown"


@dataclass(frozen=True, slots=True)
class MessageShown:
    """``receiver``: a connection; empty for flows. ``problem``: why the last attempt failed."""

    kind: str
    receiver: str
    state: str
    attempts: int
    due_at: str
    sent_at: str | None
    problem: str | None


@dataclass(frozen=True, slots=True)
class AlarmShown:
    """``subject``: what it is about (a connection, a channel and system, a source); ``order``: the order that it names, if any."""

    id: str
    rule: str
    subject: str
    code: str
    state: str
    problem: ProblemShown
    order: str | None
    raised_at: str
    acknowledged_at: str | None
    acknowledged_by: str | None
    escalated_at: str | None
    over_at: str | None
    messages: Sequence[MessageShown]


@dataclass(frozen=True, slots=True)
class RuleShown:
    """``document``: what ``PUT`` takes; ``own``: a person wrote it, else it is as it was from the beginning."""

    name: str
    kind: str
    enabled: bool
    own: bool
    document: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DelayShown:
    """Seconds from ``since`` (``arrival``: here; ``stamp``: the channel's own time) until ``target`` had the order, over the last while.

    ``longest_order``: the order that took longest.
    """

    channel: str
    target: str
    since: str
    count: int
    p50: float
    p95: float
    longest: float
    longest_order: str


@get("/alarms", opt={"permission": "alarm.read"})
async def list_alarms(
    orderloom: Loom,
    language: Language,
    state_filter: Annotated[Literal["open", "over", "all"], QueryParameter(name="state")] = "open",
    rule: FromQuery[str | None] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Listed[AlarmShown]:
    """Alarms, newest first; those that are not over unless asked otherwise."""
    where = AlarmFilter(None if state_filter == "all" else state_filter, rule)
    found = await orderloom.store.alarms(where, limit=limit, cursor=cursor)
    messages = await _messages(orderloom, [one.id for one in found.items])
    return listed(found, lambda one: _shown(one, messages.get(one.id, ()), language))


@get("/alarms/{alarm_id:str}", opt={"permission": "alarm.read"})
async def show_alarm(alarm_id: FromPath[str], orderloom: Loom, language: Language) -> AlarmShown:
    """One alarm."""
    return await _one(orderloom, number(alarm_id, UNKNOWN), language)


@post("/alarms/{alarm_id:str}/acknowledgement", opt={"permission": "alarm.write"})
async def acknowledge(alarm_id: FromPath[str], orderloom: Loom, language: Language, actor: Actor) -> AlarmShown:
    """Say that somebody looks after it: it is not escalated any more. 409 where somebody was quicker, or it is over."""
    identity = number(alarm_id, UNKNOWN)
    await orderloom.watch.acknowledge(identity, actor)
    return await _one(orderloom, identity, language)


@get("/alarm-rules", opt={"permission": "alarm.read"})
async def list_rules(orderloom: Loom) -> Listed[RuleShown]:
    """All rules by name, those that were there from the beginning among them."""
    return Listed([_rule_shown(orderloom, name, rule) for name, rule in orderloom.watch.rules.rules().items()])


@get("/alarm-rules/{name:str}", opt={"permission": "alarm.read"})
async def show_rule(name: FromPath[str], orderloom: Loom) -> RuleShown:
    """One rule."""
    return _rule_shown(orderloom, name, orderloom.watch.rules.rule(name))


@put("/alarm-rules/{name:str}", opt={"permission": "alarm.write"}, operation_class=TakesJson)
async def save_rule(name: FromPath[str], body: RawBody, orderloom: Loom, actor: Actor) -> RuleShown:
    """Keep a rule as a whole. 422 with all problems."""
    rule = await orderloom.watch.rules.put(name, read_json(body), actor=actor)
    return _rule_shown(orderloom, name, rule)


@delete("/alarm-rules/{name:str}", opt={"permission": "alarm.write"})
async def delete_rule(name: FromPath[str], orderloom: Loom, actor: Actor) -> None:
    """Forget a rule, which ends its alarms. One of the beginning is then as it was."""
    await orderloom.watch.rules.remove(name, actor=actor)


@get("/delays", opt={"permission": "order.read"})
async def show_delays(
    orderloom: Loom, minutes: Annotated[int, QueryParameter(ge=1, le=1440, description="The last so many minutes.")] = 15
) -> Listed[DelayShown]:
    """How long orders took, by channel and system; shares are told to 1 %."""
    lines = await orderloom.watch.delays.lines(timedelta(minutes=minutes))
    return Listed(
        [
            DelayShown(
                one.channel, one.target, one.since, one.count, round(one.p50, 3), round(one.p95, 3), round(one.longest, 3), one.order
            )
            for one in lines
        ]
    )


async def _one(orderloom: Orderloom, alarm_id: int, language: str) -> AlarmShown:
    alarm = await orderloom.store.alarm(alarm_id)
    return _shown(alarm, (await _messages(orderloom, [alarm_id])).get(alarm_id, ()), language)


async def _messages(orderloom: Orderloom, alarm_ids: Sequence[int]) -> Mapping[int, Sequence[AlarmMessage]]:
    found: dict[int, list[AlarmMessage]] = {}
    for one in await orderloom.store.messages_of(alarm_ids):
        found.setdefault(one.alarm_id, []).append(one)
    return found


def _shown(alarm: Alarm, messages: Sequence[AlarmMessage], language: str) -> AlarmShown:
    order = alarm.fields.get("order")
    return AlarmShown(
        id=str(alarm.id),
        rule=alarm.rule,
        subject=alarm.subject,
        code=alarm.code,
        state=alarm.state,
        problem=ProblemShown(**explain(problem_of(alarm, language), language)),
        order=order if isinstance(order, str) and order else None,
        raised_at=utc(alarm.raised_at),
        acknowledged_at=utc_or_none(alarm.acknowledged_at),
        acknowledged_by=alarm.acknowledged_by,
        escalated_at=utc_or_none(alarm.escalated_at),
        over_at=utc_or_none(alarm.over_at),
        messages=[
            MessageShown(one.kind, one.receiver, one.state, one.attempts, utc(one.due_at), utc_or_none(one.sent_at), one.problem)
            for one in messages
        ],
    )


def _rule_shown(orderloom: Orderloom, name: str, rule: Rule) -> RuleShown:
    return RuleShown(name, rule.kind, rule.enabled, orderloom.watch.rules.is_kept(name), rule_document(rule))


routes = [list_alarms, show_alarm, acknowledge, list_rules, show_rule, save_rule, delete_rule, show_delays]
