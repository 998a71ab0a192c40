"""Mail by SMTP, through the same address guard as HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final

import aiosmtplib

from engine.connection.failures import CallFailed, reason_of
from engine.connection.guard import AddressGuard
from engine.connection.mail_server import Smtp
from engine.connection.sockets import open_socket

TIMEOUT: Final = 30.0


@dataclass(frozen=True, slots=True)
class Letter:
    """A plain-text message. ``key`` becomes the Message-ID, so that a repetition can be recognised."""

    to: Sequence[str]
    subject: str
    text: str
    key: str


async def send_mail(server: Smtp, letter: Letter, guard: AddressGuard, now: datetime, *, timeout: float = TIMEOUT) -> int:  # noqa: ASYNC109
    """Hand a letter to the server for all its receivers. Returns how many of them the server refused while it took it for others.

    Raises ``CallFailed``: ``address.refused``, ``address.unresolved``, ``mail.unreachable``, ``mail.timeout``, ``mail.refused``
    (with the server's three-digit code; 4xx is worth a retry), ``mail.invalid``.
    """
    message = compose(server, letter, now)
    handed_over = False
    try:
        async with asyncio.timeout(timeout):
            async with await _connect(server, guard, timeout) as client:
                handed_over = True
                refused, _ = await client.send_message(message, recipients=list(letter.to), sender=server.sender)
                return len(refused)
    except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
        raise _failed(error, server.host, maybe_sent=handed_over) from None


def compose(server: Smtp, letter: Letter, now: datetime) -> EmailMessage:
    """The message in its standard form (RFC 5322); line breaks in the subject become spaces. Raises ``CallFailed`` (``mail.invalid``)."""
    message = EmailMessage(policy=SMTP)
    try:
        message["From"] = server.sender
        message["To"] = ", ".join(letter.to)
        message["Subject"] = " ".join(letter.subject.split())
        message["Date"] = format_datetime(now)
        message["Message-ID"] = f"<{letter.key}@{server.sender.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.text)
    except (ValueError, IndexError):
        raise CallFailed("mail.invalid", retriable=False, maybe_sent=False) from None
    return message


async def _connect(server: Smtp, guard: AddressGuard, timeout: float) -> aiosmtplib.SMTP:  # noqa: ASYNC109
    """Connected to the vetted address; certificates are checked against the host's name."""
    client = aiosmtplib.SMTP(
        hostname=server.host,
        port=None,
        sock=await open_socket(await guard.resolve(server.host, server.effective_port), server.effective_port),
        use_tls=server.tls == "implicit",
        start_tls=server.tls == "starttls",
        username=server.user,
        password=server.secret.get_secret_value() if server.secret else None,
        timeout=timeout,
    )
    await client.connect()
    return client


def _failed(error: Exception, host: str, *, maybe_sent: bool) -> CallFailed:
    status = _status(error)
    if status is not None:
        return CallFailed("mail.refused", retriable=400 <= status < 500, maybe_sent=False, host=host, status=status)
    code = "mail.timeout" if isinstance(error, TimeoutError) else "mail.unreachable"
    return CallFailed(code, retriable=True, maybe_sent=maybe_sent, host=host, **reason_of(error))


def _status(error: Exception) -> int | None:
    """The server's answer; its text is left out, as it may repeat an address."""
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        return max((one.code for one in error.recipients), default=550)
    return error.code if isinstance(error, aiosmtplib.SMTPResponseException) else None
