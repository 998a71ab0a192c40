"""The assessment of a database: how many tables a login may read, and the server's clock. No row is read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from engine.connection.client import HttpClient
from engine.connection.guard import AddressGuard
from engine.connection.probe import Prober, ProbeReport
from engine.connection.types import parse_connection
from engine.connection.uses import Hook
from engine.path.assess import findings

from .servers import HOST, requires

KINDS = {"postgresql": 5432, "mysql": 3306}


async def assessed(**changes: Any) -> ProbeReport:
    requires(KINDS[changes["kind"]], changes["kind"])

    async def hooks(name: str) -> Sequence[Hook]:
        return ()

    guard = AddressGuard(("127.0.0.0/8",))
    document = {"type": "database", "host": HOST, "user": "root", "database": "test", "tls": "none", **changes}
    async with HttpClient(guard) as client:
        return await Prober(client, guard, lambda: datetime.now(UTC), hooks).assess("one", parse_connection("one", document))


@pytest.mark.parametrize("kind", KINDS)
async def test_a_login_that_works_sees_its_tables_and_the_clock_of_the_server(kind: str) -> None:
    report = await assessed(kind=kind)
    assert report.problems == ()
    assert [step.what for step in report.steps[-3:]] == ["Logging in", "Tables", "Clock"]
    found = findings({"one": ("database", report)})
    assert (found.can["auth"], found.can["database"], found.can["clock"]) == (True, True, True)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_login_that_is_refused_reads_nothing(kind: str) -> None:
    report = await assessed(kind=kind, user="nobody", secret="wr0ng")
    assert not report.ok
    assert "database" not in findings({"one": ("database", report)}).can
