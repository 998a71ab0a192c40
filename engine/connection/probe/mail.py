"""A mail server: greeting, encryption, login. No mail is sent."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import suppress

import aiosmtplib

from engine.connection.mail_server import Smtp
from engine.connection.probe.answers import Tools
from engine.connection.probe.course import Course, ProbeFailed
from engine.connection.probe.reach import connect, encryption, tls_failed


async def probe_mail(course: Course, server: Smtp, tools: Tools) -> None:
    """Connects as a real mail would and leaves after the login."""
    sock = await connect(course, server.host, server.effective_port, tools.guard)
    context = await asyncio.to_thread(ssl.create_default_context)
    client = aiosmtplib.SMTP(
        hostname=server.host, port=None, sock=sock, use_tls=server.tls == "implicit", start_tls=False, tls_context=context
    )
    try:
        await _greet(course, client, server)
        await _encrypt(course, client, server, tools)
        await _log_in(course, client, server)
        with suppress(aiosmtplib.SMTPException, OSError):
            await client.quit()
    finally:
        if client.transport is None:
            sock.close()
        client.close()


async def _greet(course: Course, client: aiosmtplib.SMTP, server: Smtp) -> None:
    with course.step("Mail greeting") as told:
        try:
            await client.connect()
            await client.ehlo()
        except (aiosmtplib.SMTPException, OSError) as error:
            raise _no_greeting(error, server) from None
        told("a mail server answers")


async def _encrypt(course: Course, client: aiosmtplib.SMTP, server: Smtp, tools: Tools) -> None:
    if server.tls == "none":
        course.tell("Encrypting", "none: what is sent can be read on the way", caution=True)
        return
    with course.step("Encrypting") as told:
        if server.tls == "starttls":
            await _start_tls(client, server)
        secured = client.get_transport_info("ssl_object")
        if isinstance(secured, ssl.SSLObject):
            encryption(told, secured, tools.now())


async def _start_tls(client: aiosmtplib.SMTP, server: Smtp) -> None:
    if not client.supports_extension("starttls"):
        raise ProbeFailed("probe.no_starttls", host=server.host)
    try:
        await client.starttls()
    except aiosmtplib.SMTPException as error:
        raise tls_failed(error.__cause__ or error, server.host) from None
    except (ssl.SSLError, OSError) as error:
        raise tls_failed(error, server.host) from None


async def _log_in(course: Course, client: aiosmtplib.SMTP, server: Smtp) -> None:
    if server.user is None or server.secret is None:
        course.tell("Credentials", "none are set, so none were tried")
        return
    with course.step("Credentials") as told:
        try:
            await client.login(server.user, server.secret.get_secret_value())
        except aiosmtplib.SMTPResponseException as error:
            raise ProbeFailed("probe.credentials_refused", status=error.code) from None
        except aiosmtplib.SMTPException:
            raise ProbeFailed("probe.no_login", host=server.host) from None
        told("accepted")


def _no_greeting(error: Exception, server: Smtp) -> ProbeFailed:
    """With TLS from the start, connecting fails where the certificate does."""
    if isinstance(error, aiosmtplib.SMTPResponseException) and error.code >= 400:
        return ProbeFailed("probe.mail_status", host=server.host, status=error.code)
    cause = error if isinstance(error, ssl.SSLError) else error.__cause__
    if server.tls == "implicit" and isinstance(cause, ssl.SSLError):
        return tls_failed(cause, server.host)
    return ProbeFailed("probe.no_greeting", host=server.host)
