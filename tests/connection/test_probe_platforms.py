"""A test of a JD or Pinduoduo connection asks the platform itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from engine.connection.client import HttpClient
from engine.connection.guard import AddressGuard
from engine.connection.probe import Prober, ProbeReport
from engine.connection.types import parse_connection
from engine.connection.uses import Hook
from engine.testing.channel import ChannelSimulator
from nodes.connector.jd.simulator import JdSimulator
from nodes.connector.pinduoduo.simulator import PinduoduoSimulator

PLATFORMS = pytest.mark.parametrize("kind", [JdSimulator, PinduoduoSimulator], ids=lambda kind: kind.channel)


async def probed(shop: ChannelSimulator, **changes: Any) -> ProbeReport:
    async def hooks(name: str) -> Sequence[Hook]:
        return ()

    guard = AddressGuard(("127.0.0.0/8",))
    async with HttpClient(guard, timeout=5) as client:
        return await Prober(client, guard, shop._clock, hooks).probe("one", parse_connection("one", {**shop.connection, **changes}))


@PLATFORMS
async def test_a_connection_that_is_right_is_proven(kind: type[ChannelSimulator]) -> None:
    async with kind() as shop:
        report = await probed(shop)
        assert (report.ok, [step.what for step in report.steps][-3:]) == (True, ["Request", "Answer", "Credentials"])
        assert report.steps[-1].detail == "accepted"


@PLATFORMS
@pytest.mark.parametrize("changes", [{"secret": "another"}, {"access_token": "ended"}])
async def test_what_the_platform_refuses_is_told_by_its_code(kind: type[ChannelSimulator], changes: dict[str, Any]) -> None:
    async with kind() as shop:
        report = await probed(shop, **changes)
    assert [problem.code for problem in report.problems] == ["probe.platform_refused"]
    assert "another" not in repr(report)


@PLATFORMS
async def test_a_clock_that_is_off_is_refused(kind: type[ChannelSimulator]) -> None:
    async with kind() as shop:
        shop.clock_off = timedelta(minutes=11)
        assert [problem.code for problem in (await probed(shop)).problems] == ["probe.platform_refused"]


@PLATFORMS
async def test_another_page_is_no_platform(kind: type[ChannelSimulator]) -> None:
    async with kind() as shop:
        shop.fail_next(1, 200, {})
        assert [problem.code for problem in (await probed(shop)).problems] == ["probe.not_platform"]


@PLATFORMS
async def test_how_long_the_permission_lasts_is_told(kind: type[ChannelSimulator]) -> None:
    async with kind() as shop:
        soon = await probed(shop, expires_at=f"{shop.now() + timedelta(days=3, hours=1):%Y-%m-%dT%H:%M:%S}+00:00")
        assert (soon.ok, soon.steps[-1].fields["days"], soon.steps[-1].caution) == (True, 3, True)
        ended = await probed(shop, expires_at="2020-01-01T00:00:00+08:00")
        assert [problem.code for problem in ended.problems] == ["probe.permission_ended"]
