"""DingTalk group robot. The connection adds the signature.

Source: open.dingtalk.com, "custom robot": 20 messages a minute, then throttled for ten; errors stand in ``errcode``.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from engine.sdk import ConnectionRef, Context, Example, HttpCall, Item, OfType, Params, Template, effect_node
from nodes.notify.message import by_code, fitted, one_line, rendered

LIMIT: Final = 20_000
judge: Final = by_code("errcode", retry=(-1, 130101, 410100))


class DingTalk(Params):
    robot: Annotated[ConnectionRef, OfType(("dingtalk",))] = Field(
        title="Robot", description="The connection that holds the robot's address and secret."
    )
    message: Template = Field(
        title="Message", description="The text, with places such as {{ item.display_no }}. Personal data in it is masked."
    )
    format: Literal["text", "markdown"] = Field(
        default="text",
        title="Format",
        description="text or markdown.",
        json_schema_extra={"enumTitles": {"text": "text", "markdown": "Markdown"}},
    )
    title: Template | None = Field(default=None, title="Title", description="What the list of chats shows of a markdown message.")
    mention_phones: tuple[str, ...] = Field(default=(), title="Mention by phone", description="Phone numbers of members to mention.")
    mention_all: bool = Field(default=False, title="Mention everybody", description="Mentions all members of the group.")

    @model_validator(mode="after")
    def _has_a_title(self) -> Self:
        if self.format == "markdown" and self.title is None:
            raise PydanticCustomError("title", "a markdown message needs a title")
        return self


@effect_node(
    "notify.dingtalk",
    version=1,
    label="DingTalk",
    reads=("params.message", "params.title"),
    icon="message-circle",
    examples=(
        Example(
            {"robot": {"connection": "ops"}, "format": "markdown", "title": "告警", "message": "#### 订单 {{ item.display_no }}"},
            [{"display_no": "A1"}],
            {"out": [{"display_no": "A1"}]},
            answers=({"status": 200, "body": {"errcode": 0, "errmsg": "ok"}},),
            requests=({"json": {"msgtype": "markdown", "markdown": {"title": "告警", "text": "#### 订单 A1"}, "at": {"isAtAll": False}}},),
            title="A markdown message",
        ),
        Example(
            {"robot": {"connection": "ops"}, "message": "{{ item.receiver.name }}", "mention_all": True},
            [{"receiver": {"name": "张三"}}],
            {"out": [{"receiver": {"name": "张三"}}]},
            answers=({"status": 200, "body": {"errcode": 0}},),
            requests=({"json": {"msgtype": "text", "text": {"content": "张*"}, "at": {"isAtAll": True}}},),
            title="Personal data is masked",
        ),
        Example(
            {"robot": {"connection": "ops"}, "message": "x"},
            [{}],
            answers=({"status": 200, "body": {"errcode": 310000, "errmsg": "sign not match"}},),
            problem="effect.refused",
            title="A wrong signature, refused inside an answer 200",
        ),
    ),
)
async def dingtalk(item: Item, params: DingTalk, context: Context) -> Item:
    """Sends a message to a DingTalk group. Personal data in it is masked, and a message that is too long is shortened.

    When the group receives too much at once, the message is sent again later.
    """
    mentions = "".join(f" @{phone}" for phone in params.mention_phones)
    text = fitted(rendered(params.message, item, context), LIMIT, mentions and f"\n{mentions.strip()}")
    title = one_line(rendered(params.title, item, context), 64) if params.title else ""
    await context.http(params.robot, HttpCall(json=_body(text, title, params)), judge)
    return item


def _body(text: str, title: str, params: DingTalk) -> dict[str, Any]:
    at = {"atMobiles": list(params.mention_phones), "isAtAll": params.mention_all}
    if params.format == "markdown":
        return {"msgtype": "markdown", "markdown": {"title": title, "text": text}, "at": at}
    return {"msgtype": "text", "text": {"content": text}, "at": at}
