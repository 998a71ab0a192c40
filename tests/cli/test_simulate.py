"""A simulated channel as a person starts it."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import Request, urlopen

import aiohttp
import pytest

from engine.cli.simulate import simulators
from engine.connection.types import parse_connection


@contextmanager
def simulated(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """The process and the two lines that it prints."""
    command = [str(Path(sys.executable).with_name("orderloom")), "simulate", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process, [process.stdout.readline().strip() for _ in range(2)]
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=20)


def test_a_channel_says_where_it_is_and_how_it_is_reached_and_ends_well() -> None:
    with simulated("taobao", "--orders", "3", "--secret", "mine") as (process, (ready, connection)):
        url = ready.removeprefix("ready ")
        document = json.loads(connection.removeprefix("connection "))
        assert parse_connection("shop", document).address == f"{url}/router/rest"
        assert document["secret"] == "mine"
        with urlopen(f"{url}/simulator/orders.json", timeout=10) as answer:
            assert len(json.load(answer)) == 3
    assert process.returncode == 0


def test_a_channel_begins_with_goods_on_sale_and_as_badly_as_it_was_told() -> None:
    options = ("--limit", "7", "--per", "30", "--clock-off", "-90", "--lost", "2.5", "--late", "1")
    with simulated("own_shop", *options) as (_, (ready, connection)):
        url, document = ready.removeprefix("ready "), json.loads(connection.removeprefix("connection "))
        asked = Request(f"{url}/stock", headers={"Authorization": f"Bearer {document['access_token']}"})
        with urlopen(asked, timeout=10) as answer:
            assert [(one["sku_code"], one["quantity"]) for one in json.load(answer)["items"]] == [("OS-SOAP-LAV", 100)]
        with urlopen(f"{url}/simulator", timeout=10) as answer:
            page = " ".join(answer.read().decode().split())
        for name, value in (("calls", "7"), ("seconds", "30"), ("clock", "-90"), ("lost", "2.5"), ("late", "1"), ("forged", "0")):
            assert re.search(rf'<input id="{name}"[^>]* value="{re.escape(value)}"', page), name


@pytest.mark.parametrize("name", sorted(set(simulators()) - {"kuaidi100"}))
async def test_the_page_lists_what_is_on_sale_with_units_and_price(name: str) -> None:
    simulator = simulators()[name].load()()
    if not hasattr(simulator, "sells"):
        pytest.skip("it sells nothing")
    async with simulator as shop:
        assert "Nothing is on sale." in await _seen(f"{shop.url}/simulator?lang=en")
        for sku in shop.sells:
            shop.put_on_sale(sku, 41)
        shop.put_on_sale("NEW-1", 7)
        page = await _seen(f"{shop.url}/simulator?lang=zh")
    assert f"在售商品 ({len(set(shop.sells)) + 1})" in page
    prices = [shop.prices[sku] for sku in dict.fromkeys(sorted(shop.sells))]
    rows = [f"<td><code>{sku}</code></td> <td>41</td> <td>{price}</td>" for sku, price in zip(sorted(set(shop.sells)), prices, strict=True)]
    assert all(row in page for row in [*rows, "<td><code>NEW-1</code></td> <td>7</td> <td>–</td>"])
    assert all(re.fullmatch(r"[0-9]+(\.[0-9]+)? [A-Z]{3}", price) for price in prices)


async def _seen(url: str) -> str:
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return " ".join((await answer.text()).split())


def test_shares_of_more_than_all_pushes_are_refused(orderloom) -> None:
    answer = orderloom("simulate", "taobao", "--lost", "60", "--late", "60")
    assert answer.code == 2
    assert "simulate.shares" in answer.err


def test_every_channel_has_something_on_sale() -> None:
    for name, point in simulators().items():
        simulator = point.load()()
        if hasattr(simulator, "sells"):
            assert simulator.sells, name


def test_a_channel_that_nobody_brings_is_named_with_those_that_there_are(orderloom) -> None:
    answer = orderloom("simulate", "nothing")
    assert answer.code == 2
    assert "taobao" in answer.err


def test_a_port_that_is_taken_is_named(orderloom) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        answer = orderloom("simulate", "taobao", "--port", taken.getsockname()[1])
    assert answer.code == 2
    assert "simulate.port_in_use" in answer.err
    assert "address already in use" not in answer.err, "no words of the system, which speaks no Chinese"


@pytest.mark.parametrize("address", ["nonsense", "ftp://127.0.0.1/hook", "http://"])
def test_an_address_that_nothing_can_be_pushed_to_is_refused_before_the_start(orderloom, address: str) -> None:
    answer = orderloom("simulate", "taobao", "--push-to", address)
    assert answer.code == 2
    assert "simulate.push_to" in answer.err


def test_every_simulated_channel_is_one_whose_connection_is_known() -> None:
    for name, point in simulators().items():
        simulator = point.load()()
        assert simulator.channel == name
        parse_connection(name, {**simulator.connection, "url": "https://shop.example"})
        assert all(following in simulator.states for states in simulator.states.values() for following in states)


def test_no_simulator_is_loaded_with_the_nodes() -> None:
    look = "import sys; from engine.registry import installed; installed(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, timeout=60, check=True)
    loaded = done.stdout.split()
    assert "nodes.connector.taobao.trigger" in loaded
    assert [name for name in loaded if name.rpartition(".")[2].startswith("simulator")] == []
