"""Feishu group robot. The connection adds time stamp and signature to the body.

Source: open.feishu.cn, "custom bot usage guide": 100 messages a minute, bodies up to 20 KB; errors stand in ``code``, on
older endpoints in ``StatusCode``.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import Field

from engine.sdk import ConnectionRef, Context, Example, HttpCall, Item, OfType, Params, Template, effect_node
from nodes.notify.message import by_code, fitted, one_line, rendered

LIMIT: Final = 16_000
"""Bytes of text: what is left of 20 KB for envelope and escapes."""
judge: Final = by_code("code", "StatusCode", retry=(11232, 11233, 99991400))


class Feishu(Params):
    robot: Annotated[ConnectionRef, OfType(("feishu",))] = Field(
        title="Robot", description="The connection that holds the robot's address and secret."
    )
    message: Template = Field(
        title="Message", description="The text, with places such as {{ item.display_no }}. Personal data in it is masked."
    )
    format: Literal["text", "card"] = Field(
        default="text",
        title="Format",
        description="text, or a card with a title and markdown.",
        json_schema_extra={"enumTitles": {"text": "text", "card": "card"}},
    )
    title: Template | None = Field(default=None, title="Title", description="The heading of a card.")
    mention_users: tuple[str, ...] = Field(
        default=(), title="Mention", description="Open ids (ou_…) of members to mention; all mentions everybody."
    )


@effect_node(
    "notify.feishu",
    version=1,
    label="Feishu",
    reads=("params.message", "params.title"),
    icon="message-circle",
    examples=(
        Example(
            {"robot": {"connection": "ops"}, "message": "订单 {{ item.display_no }}"},
            [{"display_no": "A1"}],
            {"out": [{"display_no": "A1"}]},
            answers=({"status": 200, "body": {"code": 0, "msg": "success", "data": {}}},),
            requests=({"json": {"msg_type": "text", "content": {"text": "订单 A1"}}},),
            title="A text",
        ),
        Example(
            {
                "robot": {"connection": "ops"},
                "format": "card",
                "title": "告警",
                "message": "**{{ item.display_no }}** {{ item.receiver.phone }}",
            },
            [{"display_no": "A1", "receiver": {"phone": "19900000101"}}],
            {"out": [{"display_no": "A1", "receiver": {"phone": "19900000101"}}]},
            answers=({"status": 200, "body": {"code": 0}},),
            requests=(
                {
                    "json": {
                        "msg_type": "interactive",
                        "card": {
                            "header": {"title": {"tag": "plain_text", "content": "告警"}},
                            "elements": [{"tag": "div", "text": {"tag": "lark_md", "content": "**A1** 199****0101"}}],
                        },
                    }
                },
            ),
            title="A card; personal data is masked",
        ),
        Example(
            {"robot": {"connection": "ops"}, "message": "x"},
            [{}],
            answers=(
                {"status": 200, "body": {"code": 19021, "msg": "sign match fail or timestamp is not within one hour from current time"}},
            ),
            problem="effect.refused",
            title="A wrong signature, refused inside an answer 200",
        ),
    ),
)
async def feishu(item: Item, params: Feishu, context: Context) -> Item:
    """Sends a message to a Feishu group. Personal data in it is masked, and a message that is too long is shortened.

    When the group receives too much at once, the message is sent again later.
    """
    text = rendered(params.message, item, context)
    title = one_line(rendered(params.title, item, context), 100) if params.title else ""
    await context.http(params.robot, HttpCall(json=_body(text, title, params)), judge)
    return item


def _body(text: str, title: str, params: Feishu) -> dict[str, Any]:
    if params.format == "text":
        mentions = "".join(f'<at user_id="{user}"></at>' for user in params.mention_users)
        return {"msg_type": "text", "content": {"text": fitted(text, LIMIT, mentions and f"\n{mentions}")}}
    mentions = "".join(f"<at id={user}></at>" for user in params.mention_users)
    content = fitted(text, LIMIT, mentions and f"\n{mentions}")
    card: dict[str, Any] = {"elements": [{"tag": "div", "text": {"tag": "lark_md", "content": content}}]}
    if title:
        card["header"] = {"title": {"tag": "plain_text", "content": title}}
    return {"msg_type": "interactive", "card": card}
