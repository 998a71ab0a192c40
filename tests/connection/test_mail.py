from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, cast

import pytest
from aiohttp.test_utils import unused_port
from aiosmtpd.smtp import SMTP, Envelope, Session

from engine.connection.failures import CallFailed
from engine.connection.guard import AddressGuard
from engine.connection.mail import Letter, compose, send_mail
from engine.connection.mail_server import Smtp
from engine.connection.types import parse_connection

HERE = AddressGuard(["127.0.0.0/8"])
NOW = datetime(2026, 1, 15, 8, 0, tzinfo=UTC)
LETTER = Letter(("sales@example.com", "ops@example.com"), "Order 订单\r\nBcc: x@y.z", "High priority: 加急\n", "effect-1")


class Inbox:
    """An SMTP server's handler that keeps what it gets and refuses receivers by their name."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        if address.startswith("status"):
            return f"{address[6:9]} refused"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.envelopes.append(envelope)
        return "250 OK"


@asynccontextmanager
async def served(inbox: Inbox) -> AsyncIterator[Smtp]:
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(inbox), "127.0.0.1", 0)
    try:
        yield smtp(server.sockets[0].getsockname()[1])
    finally:
        server.close()


def smtp(port: int) -> Smtp:
    document = {"type": "smtp", "host": "127.0.0.1", "port": port, "tls": "none", "from": "robot@example.com"}
    return cast("Smtp", parse_connection("mail", document))


async def failure(server: Smtp, letter: Letter = LETTER, guard: AddressGuard = HERE) -> CallFailed:
    with pytest.raises(CallFailed) as caught:
        await send_mail(server, letter, guard, NOW, timeout=5)
    return caught.value


async def test_a_letter_reaches_all_its_receivers_as_it_was_written() -> None:
    inbox = Inbox()
    async with served(inbox) as server:
        assert await send_mail(server, LETTER, HERE, NOW) == 0
    envelope = inbox.envelopes[0]
    message = cast("EmailMessage", message_from_bytes(cast("bytes", envelope.content), policy=cast("Any", policy.default)))
    assert (envelope.rcpt_tos, envelope.mail_from) == (list(LETTER.to), "robot@example.com")
    assert (message["Subject"], message.get_content().replace("\r\n", "\n")) == ("Order 订单 Bcc: x@y.z", LETTER.text)


def test_a_letter_carries_its_key_and_the_given_time() -> None:
    message = compose(smtp(25), LETTER, NOW)
    assert (message["Message-ID"], message["Date"]) == ("<effect-1@example.com>", "Thu, 15 Jan 2026 08:00:00 +0000")


@pytest.mark.parametrize("receiver", ["a@b.c\r\nBcc: x@y.z", "\n"])
def test_a_receiver_cannot_add_a_header(receiver: str) -> None:
    with pytest.raises(CallFailed) as caught:
        compose(smtp(25), Letter((receiver,), "s", "t", "k"), NOW)
    assert caught.value.problem.code == "mail.invalid"


async def test_a_private_mail_server_is_refused() -> None:
    assert (await failure(smtp(25), guard=AddressGuard())).problem.code == "address.refused"


async def test_a_closed_port_is_unreachable_and_worth_a_retry() -> None:
    failed = await failure(smtp(unused_port()))
    assert (failed.problem.code, failed.retriable, failed.maybe_sent) == ("mail.unreachable", True, False)


@pytest.mark.parametrize(("status", "retriable"), [(451, True), (550, False)])
async def test_a_refusal_names_the_status_and_whether_to_try_again(status: int, retriable: bool) -> None:
    async with served(Inbox()) as server:
        failed = await failure(server, Letter((f"status{status}@example.com",), "s", "t", "k"))
    assert (failed.problem.code, failed.problem.fields["status"], failed.retriable) == ("mail.refused", status, retriable)


async def test_the_number_of_refused_receivers_is_told_where_others_got_the_letter() -> None:
    inbox = Inbox()
    async with served(inbox) as server:
        refused = await send_mail(server, Letter(("a@example.com", "status550@example.com"), "s", "t", "k"), HERE, NOW)
    assert (refused, len(inbox.envelopes)) == (1, 1)
