"""TLS to brokers and databases: a certificate that is trusted and is the host's, or no connection."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from .encrypted import SERVERS, Encrypted, serving
from .house import Place, arrived, flow, phase, until, wrong
from .servers import HOST

pytestmark = pytest.mark.slow
NAMES = ["N1", "N2", "N3"]


@pytest.fixture(scope="module", params=SERVERS, ids=lambda kind: kind.__name__)
def server(request: pytest.FixtureRequest) -> Iterator[tuple[Encrypted, str]]:
    with serving(request.param) as found:
        yield found


def place(one: Encrypted, **changes: Any) -> Place:
    return Place({"server": {**one.connection, "host": HOST, "port": one.port, "tls": "tls", **changes}})


def incoming(one: Encrypted) -> bytes:
    return flow(one.use, {one.named: {"connection": "server"}, **one.params})


async def problem(one: Encrypted, **changes: Any) -> str:
    async with place(one, **changes).open() as app:
        await app.publish(incoming(one), note="", actor="owner")
        await until(lambda: phase(app) == "broken")
        return wrong(app).code


async def test_orders_come_over_an_encrypted_connection(server: tuple[Encrypted, str], monkeypatch: pytest.MonkeyPatch) -> None:
    one, trusted = server
    monkeypatch.setenv("SSL_CERT_FILE", trusted)
    await one.send(NAMES)
    async with place(one).open() as app:
        await app.publish(incoming(one), note="", actor="owner")
        assert await arrived(app, 3) == NAMES
        assert phase(app) == "connected"


async def test_a_certificate_that_nobody_vouches_for_is_refused(server: tuple[Encrypted, str]) -> None:
    assert await problem(server[0]) == "server.tls"


async def test_a_certificate_of_another_name_is_refused(server: tuple[Encrypted, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", server[1])
    assert await problem(server[0], host="localhost") == "server.tls"


async def test_a_client_that_looks_at_no_certificate_is_caught(server: tuple[Encrypted, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control of the two tests above."""
    import ssl

    from engine.connection.clients import nats, postgresql, redis

    blind = ssl.create_default_context()
    blind.check_hostname, blind.verify_mode = False, ssl.CERT_NONE
    for module in (nats, redis):
        monkeypatch.setattr(module, "tls_of", lambda given: None if given.tls == "none" else blind)
    monkeypatch.setattr(postgresql, "VERIFIED", {"sslmode": "require"})
    one = server[0]
    await one.send(NAMES)
    async with place(one, host="localhost").open() as app:
        await app.publish(incoming(one), note="", actor="owner")
        await until(lambda: phase(app) == "connected")
