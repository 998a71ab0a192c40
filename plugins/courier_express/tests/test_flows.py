"""The example flows, by the command line that users have."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from orderloom_courier_express.simulator import SimulatedCourier

FLOWS = Path(__file__).parents[1] / "flows"
ORDERLOOM = Path(sys.executable).with_name("orderloom")
OWN_SHOP = {"type": "own_shop", "secret": "whsec_Zml4dHVyZS1zZWNyZXQtMjQtYnl0ZXMh"}


async def orderloom(folder: Path, *arguments: str, **variables: str) -> tuple[int, str]:
    """Exit code and standard output of a command in a data folder of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ORDERLOOM_")}
    started = await asyncio.create_subprocess_exec(
        ORDERLOOM,
        *arguments,
        cwd=folder,
        env={**kept, "ORDERLOOM_DATA": str(folder / "data"), **variables},
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await started.communicate()
    return started.returncode or 0, said.decode()


@dataclass(frozen=True)
class Live:
    """What a live run printed, and the labels that the courier made."""

    code: int
    lines: list[dict[str, Any]]
    labels: Mapping[str, Mapping[str, Any]]


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Live:
    """The sample, run through the flow with a courier that really answers, but not at once."""

    async def work() -> Live:
        async with SimulatedCourier("shop", "fixture-secret") as courier:
            courier.fail_next(1)
            code, said = await label_live(tmp_path_factory.mktemp("live"), courier)
            return Live(code, [json.loads(line) for line in said.splitlines()], courier.labels)

    return asyncio.run(work())


async def label_live(folder: Path, courier: SimulatedCourier) -> tuple[int, str]:
    return await orderloom(
        folder,
        "run",
        str(FLOWS / "label_orders.json"),
        "--live",
        "--input",
        str(FLOWS / "label_orders" / "sample.json"),
        ORDERLOOM_ALLOW_PRIVATE="127.0.0.0/8",
        ORDERLOOM_CONNECTION_OWN_SHOP=json.dumps(OWN_SHOP),
        ORDERLOOM_CONNECTION_COURIER=json.dumps(courier.connection),
    )


def test_the_tests_inside_the_flows_pass(tmp_path: Path) -> None:
    code, said = asyncio.run(orderloom(tmp_path, "test", str(FLOWS), "--lang", "en"))
    assert (code, said.splitlines()[-1]) == (0, "5 tests passed, 0 failed.")


def test_an_order_gets_its_label_from_a_courier_that_really_answers(live: Live) -> None:
    assert (live.code, [line["kind"] for line in live.lines]) == (0, ["effect", "end"])


def test_the_courier_gets_the_receiver_in_clear(live: Live) -> None:
    assert live.labels["own_shop/own_shop/OWN-0001"]["receiver"]["phone"] == "19900000505"


def test_what_a_live_run_prints_shows_no_phone(live: Live) -> None:
    assert "19900000505" not in json.dumps(live.lines)
