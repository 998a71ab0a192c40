"""WeChat Work group robot.

Source: developer.work.weixin.qq.com, "group robot configuration": 20 messages a minute, text 2,048 bytes, markdown 4,096 bytes.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import Field

from engine.sdk import ConnectionRef, Context, Example, HttpCall, Item, OfType, Params, Template, effect_node
from nodes.notify.message import by_code, fitted, rendered

LIMITS: Final = {"text": 2048, "markdown": 4096}
judge: Final = by_code("errcode", retry=(-1, 45009, 45033))


class WeCom(Params):
    robot: Annotated[ConnectionRef, OfType(("wecom",))] = Field(
        title="Robot", description="The connection that holds the address of the group robot."
    )
    message: Template = Field(
        title="Message", description="The text, with places such as {{ item.display_no }}. Personal data in it is masked."
    )
    format: Literal["text", "markdown"] = Field(
        default="text",
        title="Format",
        description="text: up to 2,048 bytes. markdown: up to 4,096 bytes.",
        json_schema_extra={"enumTitles": {"text": "text", "markdown": "Markdown"}},
    )
    mention_users: tuple[str, ...] = Field(
        default=(), title="Mention", description="User ids to mention. @all mentions everybody and works in text only."
    )
    mention_phones: tuple[str, ...] = Field(
        default=(), title="Mention by phone", description="Phone numbers of members to mention. Works in text only."
    )


@effect_node(
    "notify.wecom",
    version=1,
    label="WeChat Work",
    reads=("params.message",),
    icon="message-circle",
    examples=(
        Example(
            {"robot": {"connection": "team_chat"}, "message": "订单 {{ item.display_no }} 加急", "mention_users": ["@all"]},
            [{"display_no": "A1"}],
            {"out": [{"display_no": "A1"}]},
            answers=({"status": 200, "body": {"errcode": 0, "errmsg": "ok"}},),
            requests=({"method": "POST", "json": {"msgtype": "text", "text": {"content": "订单 A1 加急", "mentioned_list": ["@all"]}}},),
            title="An urgent order",
        ),
        Example(
            {"robot": {"connection": "team_chat"}, "format": "markdown", "message": "### 告警\n> {{ item.receiver.phone }}"},
            [{"receiver": {"phone": "19900000101"}}],
            {"out": [{"receiver": {"phone": "19900000101"}}]},
            answers=({"status": 200, "body": {"errcode": 0}},),
            requests=({"json": {"msgtype": "markdown", "markdown": {"content": "### 告警\n> 199****0101"}}},),
            title="Personal data is masked",
        ),
        Example(
            {"robot": {"connection": "team_chat"}, "message": "x"},
            [{}],
            answers=({"status": 200, "body": {"errcode": 93000, "errmsg": "invalid webhook url"}},),
            problem="effect.refused",
            title="A robot that does not exist",
        ),
    ),
)
async def wecom(item: Item, params: WeCom, context: Context) -> Item:
    """Sends a message to a group of WeChat Work. Personal data in it is masked, and a message that is too long is shortened.

    When the group receives too much at once, the message is sent again later.
    """
    await context.http(params.robot, HttpCall(json=_body(rendered(params.message, item, context), params)), judge)
    return item


def _body(text: str, params: WeCom) -> dict[str, Any]:
    if params.format == "markdown":
        mentions = "".join(f"\n<@{user}>" for user in params.mention_users if user != "@all")
        return {"msgtype": "markdown", "markdown": {"content": fitted(text, LIMITS["markdown"], mentions)}}
    content: dict[str, Any] = {"content": fitted(text, LIMITS["text"])}
    if params.mention_users:
        content["mentioned_list"] = list(params.mention_users)
    if params.mention_phones:
        content["mentioned_mobile_list"] = list(params.mention_phones)
    return {"msgtype": "text", "text": content}
