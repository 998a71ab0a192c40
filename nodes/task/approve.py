"""Ask a person for approval."""

from __future__ import annotations

from engine.sdk import Context, Example, Item, Sent, effect_node
from nodes.task.asking import Asking, answered, ask

SCHEMA = {
    "type": "object",
    "properties": {
        "decision": {
            "type": "string",
            "title": "Decision",
            "enum": ["approved", "rejected"],
            "enumTitles": {"approved": "Approve", "rejected": "Reject"},
        },
        "note": {"type": "string", "title": "Note", "maxLength": 500},
    },
    "required": ["decision"],
    "additionalProperties": False,
}


class Approve(Asking):
    """Nothing more to set."""


@effect_node(
    "task.approve",
    version=1,
    label="Approval",
    outputs=("approved", "rejected", "overdue"),
    reads=("params.title", "params.text"),
    writes=("params.into",),
    waits=True,
    icon="user-check",
    examples=(
        Example(
            {"title": "Release {{ item.display_no }}?"},
            [{"display_no": "A1"}],
            {"approved": [{"display_no": "A1", "answer": {"decision": "approved", "by": "lead", "at": "2026-01-16T08:00:00Z"}}]},
            answers=({"how": "answer", "by": "lead", "body": {"decision": "approved"}},),
            requests=({"wait": "task", "title": "Release A1?"},),
            title="Approved",
        ),
        Example(
            {"title": "Release?", "into": "check"},
            [{}],
            {"rejected": [{"check": {"decision": "rejected", "note": "twice", "by": "lead", "at": "2026-01-16T08:00:00Z"}}]},
            answers=({"how": "answer", "by": "lead", "body": {"decision": "rejected", "note": "twice"}},),
            title="Rejected, with a note",
        ),
        Example({"title": "Release?", "due": "4h"}, [{}], {"overdue": [{}]}, answers=({"how": "due"},), title="Nobody answered in time"),
    ),
)
async def approve(item: Item, params: Approve, context: Context) -> Sent:
    """Lets each item rest until a person has approved or rejected it. Nobody answered in time: it leaves by `overdue`."""
    woken = await ask(item, params, context, SCHEMA)
    if woken.how != "answer":
        return "overdue", item
    return str(woken.body["decision"]), answered(item, params, woken)
