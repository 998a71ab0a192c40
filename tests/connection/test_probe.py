from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any, cast

import pytest
from aiohttp import web
from aiohttp.test_utils import unused_port
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from engine.connection.client import HttpClient
from engine.connection.guard import AddressGuard
from engine.connection.probe import Prober, ProbeReport
from engine.connection.types import parse_connection
from engine.connection.uses import Hook
from engine.errors import Conflict
from engine.json_text import read_json
from engine.testing.simulator import SimulatedTarget

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
NOW = datetime(2026, 1, 15, 8, 0, tzinfo=UTC)


@asynccontextmanager
async def prober(*allowed: str, hooks: Sequence[Hook] = (), limit: float = 10) -> AsyncIterator[Prober]:
    async def known(name: str) -> Sequence[Hook]:
        return hooks

    guard = AddressGuard(allowed or ("127.0.0.0/8", "::1"))
    async with HttpClient(guard, timeout=5) as client:
        yield Prober(client, guard, lambda: NOW, known, limit=limit)


async def probed(document: dict[str, Any], *allowed: str, message: str | None = None, hooks: Sequence[Hook] = ()) -> ProbeReport:
    async with prober(*allowed, hooks=hooks) as one:
        return await one.probe("one", parse_connection("one", document), message=message)


@asynccontextmanager
async def served(handler: Handler) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handler)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def silent(context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """A port that takes connections and never says a word; ends when all who came are gone."""
    guests: set[asyncio.Task[None]] = set()

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        guests.add(cast("asyncio.Task[None]", asyncio.current_task()))
        with suppress(OSError):
            await reader.read()
        writer.transport.abort()
        with suppress(OSError):
            await writer.wait_closed()

    server = await asyncio.start_server(listen, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await asyncio.gather(*guests)


def answering(status: int, text: str = "") -> Handler:
    async def handler(request: web.Request) -> web.Response:
        return web.Response(status=status, text=text)

    return handler


def told(report: ProbeReport) -> list[tuple[str, str]]:
    """Each step with how it went, filled in, or with its problem's code."""
    return [(one.what, one.problem.code if one.problem else one.detail.format_map(one.fields)) for one in report.steps]


def failure(report: ProbeReport) -> str:
    """The code of the one step that failed, which is the last."""
    assert not report.ok
    assert [step.ok for step in report.steps] == [True] * (len(report.steps) - 1) + [False]
    return report.problems[0].code


async def test_a_warehouse_that_keeps_the_contract_passes_step_by_step() -> None:
    async with SimulatedTarget(secret="right") as target:
        report = await probed({"type": "wms", "url": target.url, "secret": "right"})
    port = target.url.rpartition(":")[2]
    assert report.ok
    assert told(report) == [
        ("Address", f"http, port {port}"),
        ("Permission to call", "127.0.0.1 may be called"),
        ("Connecting", f"made to port {port}"),
        ("Encrypting", "none: what is sent can be read on the way"),
        ("Request", "the list of today's orders"),
        ("Answer", "status 200"),
        ("Credentials", "accepted"),
        ("Order contract", "answers as a system for orders does; it names 0 of today"),
    ]
    assert {step.what for step in report.steps if step.ms is not None} == {"Connecting", "Answer"}


async def test_a_probe_brings_no_order_to_the_target() -> None:
    async with SimulatedTarget() as target:
        await probed({"type": "finance", "url": target.url})
        assert (target.count, target.ledger.orders) == (0, {})


@pytest.mark.parametrize(("secret", "code"), [("wrong", "probe.credentials_refused"), (None, "probe.credentials_missing")])
async def test_credentials_that_do_not_fit_are_told_apart_from_missing_ones(secret: str | None, code: str) -> None:
    async with SimulatedTarget(secret="right") as target:
        report = await probed({"type": "wms", "url": target.url, **({"secret": secret} if secret else {})})
    assert failure(report) == code
    assert report.problems[0].fields == {"status": 401}


async def test_a_port_where_nothing_listens_is_said_to_be_so() -> None:
    port = unused_port()
    report = await probed({"type": "wms", "url": f"http://127.0.0.1:{port}"})
    assert failure(report) == "probe.unreachable"
    assert report.problems[0].fields["rule"] == "nothing_listens"


async def test_a_private_address_is_refused_before_anything_is_sent() -> None:
    async with SimulatedTarget() as target:
        report = await probed({"type": "wms", "url": target.url}, "10.0.0.0/8")
    assert failure(report) == "address.refused"


async def test_a_name_that_leads_inside_is_refused_after_it_was_resolved() -> None:
    report = await probed({"type": "http", "url": "http://localhost:9"}, "10.0.0.0/8")
    assert failure(report) == "address.refused"
    assert [step.what for step in report.steps] == ["Address", "Name lookup", "Permission to call"]


async def test_a_redirect_into_a_private_network_is_refused() -> None:
    async def handler(request: web.Request) -> web.Response:
        raise web.HTTPFound("http://10.0.0.1/orders")

    async with served(handler) as url:
        assert failure(await probed({"type": "wms", "url": url})) == "address.refused"


@pytest.mark.parametrize(
    ("status", "text", "code"),
    [
        (200, "<html>", "probe.not_contract"),
        (200, '{"orders": []}', "probe.not_contract"),
        (404, "", "probe.no_orders"),
        (418, "", "probe.status"),
        (503, "", "probe.trouble"),
        (429, "", "probe.trouble"),
    ],
)
async def test_answers_that_break_the_contract_are_told_apart(status: int, text: str, code: str) -> None:
    async with served(answering(status, text)) as url:
        assert failure(await probed({"type": "wms", "url": url})) == code


async def test_orders_are_asked_for_below_the_path_of_the_address() -> None:
    asked: list[str] = []

    async def handler(request: web.Request) -> web.Response:
        asked.append(f"{request.method} {request.path_qs}")
        return web.json_response({"items": [{}], "next": None})

    async with served(handler) as url:
        assert (await probed({"type": "wms", "url": f"{url}/api?shop=1"})).ok
    assert asked == ["GET /api/orders?shop=1&day=2026-01-15"]


async def test_a_service_without_head_is_asked_by_get() -> None:
    asked: list[str] = []

    async def handler(request: web.Request) -> web.Response:
        asked.append(request.method)
        return web.Response(status=405 if request.method == "HEAD" else 200)

    async with served(handler) as url:
        assert told(await probed({"type": "http", "url": url}))[-1] == ("Result", "reached and ready")
    assert asked == ["HEAD", "GET"]


async def test_a_service_whose_own_address_serves_nothing_is_reached_all_the_same() -> None:
    async with served(answering(404)) as url:
        report = await probed({"type": "webhook", "url": url})
    assert report.ok
    assert "serves nothing (status 404)" in told(report)[-1][1]


async def test_a_service_that_refuses_its_secret_fails() -> None:
    async with served(answering(403)) as url:
        assert failure(await probed({"type": "http", "url": url, "headers": {"X-Key": "wrong"}})) == "probe.credentials_refused"


async def test_a_system_that_never_answers_is_given_up_at_the_limit() -> None:
    async with silent() as port, prober(limit=0.2) as one:
        report = await one.probe("one", parse_connection("one", {"type": "wms", "url": f"http://127.0.0.1:{port}"}))
    assert (failure(report), report.steps[-1].what) == ("probe.timeout", "Answer")


async def test_a_connection_is_probed_once_at_a_time() -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def handler(request: web.Request) -> web.Response:
        begun.set()
        await go_on.wait()
        return web.json_response({"items": []})

    async with served(handler) as url, prober() as one:
        connection = parse_connection("wms", {"type": "wms", "url": url})
        first = asyncio.create_task(one.probe("wms", connection))
        await begun.wait()
        with pytest.raises(Conflict) as caught:
            await one.probe("wms", connection)
        go_on.set()
        assert (await first).ok
        assert caught.value.problems[0].code == "probe.running"
        assert (await one.probe("wms", connection)).ok


async def test_no_secret_and_no_body_is_in_a_report() -> None:
    async with served(answering(200, "s3cret of the other side")) as url:
        report = await probed({"type": "http", "url": url, "secret": "s3cret-token", "headers": {"X-Key": "s3cret"}})
    assert report.ok
    assert "s3cret" not in repr(report)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("wecom", {"msgtype": "text", "text": {"content": "hello"}}),
        ("dingtalk", {"msgtype": "text", "text": {"content": "hello"}}),
        ("feishu", {"msg_type": "text", "content": {"text": "hello"}}),
    ],
)
async def test_a_robot_gets_a_message_only_when_a_person_asks(kind: str, body: dict[str, Any]) -> None:
    posted: list[Any] = []

    async def handler(request: web.Request) -> web.Response:
        posted.append(read_json(await request.read()))
        return web.json_response({"errcode": 0} if kind != "feishu" else {"code": 0})

    async with served(handler) as url:
        document = {"type": kind, "url": f"{url}/send?key=s3cret"}
        quiet = await probed(document)
        assert (quiet.ok, posted) == (True, [])
        loud = await probed(document, message="hello")
    assert (loud.ok, posted) == (True, [body])
    assert "s3cret" not in repr((quiet, loud))


async def test_a_robot_that_refuses_inside_an_answer_200_fails() -> None:
    async with served(answering(200, '{"errcode": 93000, "errmsg": "invalid"}')) as url:
        report = await probed({"type": "wecom", "url": url}, message="hello")
    assert failure(report) == "probe.robot_refused"
    assert report.problems[0].fields == {"number": 93000}


async def test_a_shop_is_not_called_but_its_deliveries_are_told() -> None:
    hooks = [Hook("/hooks/hub/shop", 3, more=False, last=NOW), Hook("/hooks/hub/other", 0, more=False, last=None)]
    report = await probed({"type": "own_shop", "secret": "whsec_bmV3"}, hooks=hooks)
    assert told(report)[1:] == [
        ("Hook address", "/hooks/hub/shop: 3 deliveries verified, the last at 2026-01-15 08:00:00 UTC"),
        ("Hook address", "/hooks/hub/other: nothing has come yet"),
    ]


def certificate(folder: Path, *, days: int) -> tuple[str, str]:
    """Key and self-signed certificate for 127.0.0.1, which ends ``days`` after the probe's now; files in PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    today = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(today - timedelta(days=400))
        .not_valid_after(today + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    key_file, file = folder / "key.pem", folder / "certificate.pem"
    encoding = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    key_file.write_bytes(key.private_bytes(*encoding))
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return str(key_file), str(file)


def server_side(files: tuple[str, str]) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(files[1], files[0])
    return context


async def probed_robot_over_tls(files: tuple[str, str]) -> ProbeReport:
    async with silent(server_side(files)) as port:
        return await probed({"type": "wecom", "url": f"https://127.0.0.1:{port}/k"})


async def test_a_trusted_certificate_is_shown_with_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = certificate(tmp_path, days=900)
    monkeypatch.setenv("SSL_CERT_FILE", files[1])
    report = await probed_robot_over_tls(files)
    assert report.ok
    end = (datetime.now(UTC) + timedelta(days=900)).date().isoformat()
    assert ("Encrypting", f"TLS 1.3, certificate valid until {end}") in told(report)


@pytest.mark.parametrize(("days", "trusted", "rule"), [(900, False, "certificate_self_signed"), (-1, True, "certificate_expired")])
async def test_a_certificate_that_proves_nothing_is_refused_with_its_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, days: int, rule: str, *, trusted: bool
) -> None:
    files = certificate(tmp_path, days=days)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", files[1])
    report = await probed_robot_over_tls(files)
    assert (failure(report), report.problems[0].fields["rule"]) == ("probe.certificate", rule)


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
