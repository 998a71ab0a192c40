"""Servers that say nothing, those that do not encrypt or are not there: a clear problem in time, and no thread is left."""

from __future__ import annotations

import asyncio
import gc
from importlib import import_module

import pytest

from engine.catalogue import explain
from tests.connection.probing import silent

from .encrypted import Encrypted, free_port
from .encrypted_brokers import BROKERS, EncryptedMqtt, EncryptedRabbit, EncryptedRedis
from .encrypted_databases import DATABASES, EncryptedMaria, EncryptedPostgres
from .house import Place, flow, phase, until, wrong
from .servers import HOST, requires

KINDS = [*BROKERS, *DATABASES]
PLAIN = {EncryptedRabbit: 5672, EncryptedMqtt: 1883, EncryptedMaria: 3306}
"""Where the servers of this machine listen that do not encrypt. NATS, PostgreSQL and MariaDB say so; Redis waits on."""


def named(kind: type[Encrypted]) -> str:
    return kind.__name__


def place(kind: type[Encrypted], port: int, tls: str) -> Place:
    return Place({"server": {**kind.connection, "host": HOST, "port": port, "tls": tls}})


def incoming(kind: type[Encrypted]) -> bytes:
    return flow(kind.use, {kind.named: {"connection": "server"}, **kind.params})


async def problem(kind: type[Encrypted], port: int, tls: str) -> dict[str, str]:
    async with place(kind, port, tls).open() as app:
        await app.publish(incoming(kind), note="", actor="owner")
        await until(lambda: phase(app) == "broken")
        return explain(wrong(app))


@pytest.mark.parametrize(
    ("kind", "tls"), [*((kind, "tls") for kind in KINDS), *((kind, "none") for kind in (EncryptedRedis, EncryptedMqtt, EncryptedMaria))]
)
async def test_a_server_that_says_nothing_is_given_up_in_time(kind: type[Encrypted], tls: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        import_module(f"engine.connection.clients.{kind.client}"), "CONNECT_WITHIN", 1 if kind is EncryptedPostgres else 0.2
    )
    async with silent() as port:
        told = await problem(kind, port, tls)
        gc.collect()  # psycopg leaves a connection that timed out to it
    assert (told["code"], told["what"].partition(",")[0]) == ("server.timeout", HOST)


@pytest.mark.parametrize("kind", [EncryptedMaria, EncryptedMqtt], ids=named)
async def test_a_service_that_is_stopped_waits_for_no_silent_server(kind: type[Encrypted]) -> None:
    async with silent() as port:
        async with place(kind, port, "tls").open() as app:
            await app.publish(incoming(kind), note="", actor="owner")
            await until(lambda: phase(app) == "connecting")
            await asyncio.sleep(0.1)
        async with asyncio.timeout(2):
            await asyncio.get_running_loop().shutdown_default_executor()


@pytest.mark.parametrize("kind", PLAIN, ids=named)
async def test_a_port_that_does_not_encrypt_is_not_spoken_to(kind: type[Encrypted]) -> None:
    requires(PLAIN[kind], kind.client)
    assert (await problem(kind, PLAIN[kind], "tls"))["code"] in ("server.tls", "server.unreachable")


@pytest.mark.parametrize("kind", KINDS, ids=named)
async def test_a_port_where_nobody_listens_is_said_to_be_so(kind: type[Encrypted]) -> None:
    assert (await problem(kind, free_port(), "tls"))["code"] == "server.unreachable"
