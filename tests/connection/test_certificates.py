"""The end of a certificate is read from a real handshake."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine.connection.book import ConnectionBook
from engine.connection.certificates import Certificates, CertificateState
from engine.connection.guard import AddressGuard
from engine.store.memory import MemoryStore
from tests.connection.certificates import certificate, server_side
from tests.connection.probing import silent

NOW = datetime.now(UTC)


async def seen(folder: Path, monkeypatch: pytest.MonkeyPatch, days: int, *allowed: str) -> list[CertificateState]:
    files = certificate(folder, days=days)
    monkeypatch.setenv("SSL_CERT_FILE", files[1])
    async with silent(server_side(files)) as port:
        book = ConnectionBook(
            {"erp": {"type": "http", "url": f"https://127.0.0.1:{port}/x"}, "plain": {"type": "http", "url": "http://a.example"}}
        )
        found = Certificates(book, AddressGuard(allowed), lambda: NOW)
        await found.look()
    return found.states()


async def test_the_end_is_known_after_a_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (one,) = await seen(tmp_path, monkeypatch, 9, "127.0.0.0/8")
    assert one.name == "erp"
    assert abs(one.ends_at - (NOW + timedelta(days=9))) < timedelta(hours=1)


async def test_one_that_has_ended_is_told_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (one,) = await seen(tmp_path, monkeypatch, -1, "127.0.0.0/8")
    assert one.ends_at <= NOW


async def test_what_may_not_be_called_is_not_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await seen(tmp_path, monkeypatch, 9) == []


async def test_a_system_is_looked_at_every_few_hours_and_forgotten_with_its_connection() -> None:
    clock, store = [NOW], MemoryStore()
    book = ConnectionBook({}, store)
    await book.put("erp", {"type": "http", "url": "https://127.0.0.1:1/x"}, actor="owner")
    found = Certificates(book, AddressGuard(("127.0.0.0/8",)), lambda: clock[0])
    looks: list[str] = []

    async def end_of(address: str, now: datetime) -> datetime:
        looks.append(address)
        return now

    found._end_of = end_of  # type: ignore[method-assign]
    for hours in (0, 5, 7):
        clock[0] = NOW + timedelta(hours=hours)
        await found.look()
    assert len(looks) == 2
    await book.remove("erp", actor="owner")
    assert found.states() == []
