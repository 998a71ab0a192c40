"""E-mail."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field, StringConstraints

from engine.sdk import ConnectionRef, Context, Example, Item, Mail, OfType, Params, Template, effect_node
from nodes.notify.message import one_line, rendered

LONGEST_SUBJECT: Final = 200
Address = Annotated[str, StringConstraints(pattern=r"^[^\s@<>,;]+@[^\s@<>,;]+$", max_length=254)]


class Email(Params):
    server: Annotated[ConnectionRef, OfType(("smtp",))] = Field(title="Mail server", description="The connection that sends the mail.")
    to: tuple[Address, ...] = Field(min_length=1, max_length=50, title="Recipients", description="The addresses that get the mail.")
    subject: Template = Field(
        title="Subject", description="One line, with places such as {{ item.display_no }}. Personal data in it is masked."
    )
    text: Template = Field(title="Mail text", description="The mail's text, with the same places. Personal data in it is masked.")


@effect_node(
    "notify.email",
    version=1,
    label="E-mail",
    reads=("params.subject", "params.text"),
    icon="mail",
    examples=(
        Example(
            {
                "server": {"connection": "mail"},
                "to": ["sales@example.com"],
                "subject": "Order {{ item.display_no }}",
                "text": "Call {{ item.receiver.phone }}.",
            },
            [{"display_no": "A1", "receiver": {"phone": "19900000101"}}],
            {"out": [{"display_no": "A1", "receiver": {"phone": "19900000101"}}]},
            requests=({"kind": "mail", "to": ["sales@example.com"], "subject": "Order A1", "text": "Call 199****0101."},),
            title="Personal data is masked",
        ),
        Example(
            {"server": {"connection": "mail"}, "to": ["a@example.com"], "subject": "{{ item.absent }}", "text": "x"},
            [{}],
            problem="template.failed",
            title="A place for a field that is not there",
        ),
    ),
)
async def email(item: Item, params: Email, context: Context) -> Item:
    """Sends a mail for each item. Personal data in subject and text is masked."""
    subject = one_line(rendered(params.subject, item, context), LONGEST_SUBJECT)
    await context.mail(params.server, Mail(params.to, subject, rendered(params.text, item, context)))
    return item
