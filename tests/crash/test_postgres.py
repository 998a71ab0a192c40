"""The service on PostgreSQL: killed, and with its connections cut, it loses nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash import proofs
from tests.crash.service import Service
from tests.store import postgres

pytestmark = [pytest.mark.crash, pytest.mark.slow]


@pytest.fixture
def database() -> Iterator[str]:
    with postgres.schema() as url:
        yield url


async def test_what_was_acknowledged_reaches_both_targets_although_the_service_is_killed(tmp_path: Path, database: str) -> None:
    assert await proofs.nothing_acknowledged_is_lost(tmp_path / "data", orders=120, kills=1, database=database) == []


async def test_what_was_acknowledged_reaches_both_targets_although_all_connections_are_cut(tmp_path: Path, database: str) -> None:
    cut: list[int] = []

    async def strike(_: Service) -> None:
        cut.append(postgres.cut_all(database))

    assert await proofs.nothing_acknowledged_is_lost(tmp_path / "data", orders=150, kills=2, database=database, strike=strike) == []
    assert len(cut) == 2
    assert all(cut)
