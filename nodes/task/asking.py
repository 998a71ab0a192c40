"""What the nodes share that ask a person."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from engine.sdk import Context, Duration, Item, Params, PlainPath, Template, Wait, Woken
from nodes.notify.message import one_line, rendered
from nodes.transform.writing import put_at

MAX_TITLE = 120


class Asking(Params):
    title: Template = Field(
        title="Question", description="One line, such as: Release order {{ item.display_no }}? Personal data in it is masked."
    )
    text: Template | None = Field(
        default=None,
        title="Explanation",
        description="What the person should know, with places such as {{ item.amount.paid }}. Personal data in it is masked.",
    )
    roles: tuple[str, ...] = Field(default=(), title="Who may answer", description="Names of roles. Empty: everybody who may answer tasks.")
    due: Duration | None = Field(
        default=None,
        title="Answer within",
        description="Such as 4h or 2d. After that the item leaves by the port for overdue ones. Empty: it waits.",
    )
    into: PlainPath = Field(default="answer", title="Answer field", description="The field that gets the answer, who gave it and when.")


async def ask(item: Item, params: Asking, context: Context, schema: dict[str, Any]) -> Woken:
    """The person's answer, or that the time is over."""
    return await context.wait(
        Wait(
            "task",
            seconds=None if params.due is None else params.due.total_seconds(),
            title=one_line(rendered(params.title, item, context), MAX_TITLE),
            text="" if params.text is None else rendered(params.text, item, context),
            schema=schema,
            roles=params.roles,
        )
    )


def answered(item: Item, params: Asking, woken: Woken) -> Item:
    """The item with the answer, who gave it and when."""
    return put_at(item, params.into, {**(woken.body or {}), "by": woken.by, "at": woken.at})
