"""Probes of mail servers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from tests.connection.certificates import certificate, server_side
from tests.connection.probing import failure, probed, told


def login(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    fits = isinstance(data, LoginPassword) and data.password == b"right"
    return AuthResult(success=fits, handled=False)


@asynccontextmanager
async def mail_server(**options: Any) -> AsyncIterator[int]:
    class Refuser:
        async def handle_DATA(self, *_: Any) -> str:
            raise AssertionError("a mail was sent")

    server = await asyncio.get_running_loop().create_server(lambda: SMTP(Refuser(), **options), "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


def smtp(port: int, **fields: Any) -> dict[str, Any]:
    return {"type": "smtp", "host": "127.0.0.1", "port": port, "tls": "none", "from": "robot@example.com", **fields}


async def test_a_mail_server_greets_and_no_mail_is_sent() -> None:
    async with mail_server() as port:
        report = await probed(smtp(port))
    assert told(report)[1:] == [
        ("Connecting", f"made to port {port}"),
        ("Mail greeting", "a mail server answers"),
        ("Encrypting", "none: what is sent can be read on the way"),
        ("Credentials", "none are set, so none were tried"),
    ]


@pytest.mark.parametrize(("password", "code"), [("right", None), ("wrong", "probe.credentials_refused")])
async def test_a_mail_server_is_logged_in_to_after_starttls(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, password: str, code: str | None
) -> None:
    files = certificate(tmp_path, days=900)
    monkeypatch.setenv("SSL_CERT_FILE", files[1])
    options = {"tls_context": server_side(files), "authenticator": login, "auth_required": False}
    async with mail_server(**options) as port:
        report = await probed(smtp(port, tls="starttls", user="robot", secret=password))
    assert [step.what for step in report.steps][-3:] == ["Mail greeting", "Encrypting", "Credentials"]
    if code:
        assert failure(report) == code
    else:
        assert told(report)[-1] == ("Credentials", "accepted")


async def test_a_mail_server_without_starttls_is_refused_where_it_is_wanted() -> None:
    async with mail_server() as port:
        assert failure(await probed(smtp(port, tls="starttls"))) == "probe.no_starttls"


async def test_what_is_no_mail_server_is_told() -> None:
    async def chatty(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.0 400 Bad Request\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(chatty, "127.0.0.1", 0)
    try:
        assert failure(await probed(smtp(server.sockets[0].getsockname()[1]))) == "probe.no_greeting"
    finally:
        server.close()
