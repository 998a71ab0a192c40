"""TLS to brokers and databases: a certificate that is trusted and is the host's, or no connection."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest

from engine.catalogue import explain

from .encrypted import Encrypted, serving
from .encrypted_brokers import BROKERS
from .encrypted_databases import DATABASES
from .house import Place, arrived, flow, phase, until, wrong
from .servers import HOST

pytestmark = pytest.mark.slow
NAMES = ["N1", "N2", "N3"]


@pytest.fixture(scope="module", params=[*BROKERS, *DATABASES], ids=lambda kind: kind.__name__)
def server(request: pytest.FixtureRequest) -> Iterator[tuple[Encrypted, str]]:
    with serving(request.param) as found:
        yield found


def place(one: Encrypted, **changes: Any) -> Place:
    return Place({"server": {**one.connection, "host": HOST, "port": one.port, "tls": "tls", **changes}})


def incoming(one: Encrypted) -> bytes:
    return flow(one.use, {one.named: {"connection": "server"}, **one.params})


async def problem(one: Encrypted, **changes: Any) -> dict[str, str]:
    """What a person is told."""
    async with place(one, **changes).open() as app:
        await app.publish(incoming(one), note="", actor="owner")
        await until(lambda: phase(app) == "broken")
        return explain(wrong(app))


async def test_orders_come_over_an_encrypted_connection(server: tuple[Encrypted, str], monkeypatch: pytest.MonkeyPatch) -> None:
    one, trusted = server
    monkeypatch.setenv("SSL_CERT_FILE", trusted)
    await one.send(NAMES)
    async with place(one).open() as app:
        await app.publish(incoming(one), note="", actor="owner")
        assert await arrived(app, 3) == NAMES
        assert phase(app) == "connected"


async def test_a_certificate_that_nobody_vouches_for_is_refused(server: tuple[Encrypted, str]) -> None:
    one, _ = server
    told = await problem(one)
    assert told["code"] == "server.certificate"
    assert told["what"].startswith(f"The certificate of {HOST}, port {one.port}, is not accepted: it ")
    assert "SSL_CERT_FILE" in told["do"]


async def test_a_certificate_of_another_name_is_refused(server: tuple[Encrypted, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", server[1])
    told = await problem(server[0], host="localhost")
    assert (told["code"], told["what"].rpartition(": ")[2]) == ("server.certificate", "it is made out to another name.")


async def test_whoever_chose_no_encryption_gets_none(server: tuple[Encrypted, str]) -> None:
    """But for NATS, whose server may demand it: then its certificate is looked at."""
    one, _ = server
    if one.lets_plain_in:
        before = one.encrypted()
        async with place(one, tls="none").open() as app:
            await app.publish(incoming(one), note="", actor="owner")
            await until(lambda: phase(app) == "connected")
        assert one.encrypted() == before
    else:
        assert (await problem(one, tls="none"))["code"].startswith("server.")


async def test_a_client_that_looks_at_no_certificate_is_caught(server: tuple[Encrypted, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control of the tests above."""
    blind = ssl.create_default_context()
    blind.check_hostname, blind.verify_mode = False, ssl.CERT_NONE
    one, module = server[0], import_module(f"engine.connection.clients.{server[0].client}")
    if one.client == "postgresql":
        monkeypatch.setattr(module, "VERIFIED", {"sslmode": "require"})
    else:
        monkeypatch.setattr(module, "tls_of", lambda given: None if given.tls == "none" else blind)
    await one.send(NAMES)
    async with place(one, host="localhost").open() as app:
        await app.publish(incoming(one), note="", actor="owner")
        await until(lambda: phase(app) == "connected")
