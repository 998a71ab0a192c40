"""``orderloom simulate``: a sales channel of one's own, to try flows against."""

from __future__ import annotations

import asyncio
import errno
import signal
from collections.abc import Callable, Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import Any, ClassVar, Final, Protocol

import click

from engine.access import requires
from engine.cli.language import say
from engine.cli.numbers import Number
from engine.connection.addresses import parse_url
from engine.connection.failures import CallFailed
from engine.errors import InputInvalid, NotFound, Problem
from engine.json_text import write_json

GROUP: Final = "orderloom.simulators"
MOST: Final = 1_000_000
DAY: Final = 86_400
SHARE: Final = Number(0, 100, whole=False)


class Simulator(Protocol):
    """What a simulated channel offers here; see ``engine.testing.channel``."""

    url: str
    sells: ClassVar[tuple[str, ...]]

    @property
    def connection(self) -> dict[str, Any]: ...
    async def start(self, host: str = ..., port: int = ...) -> str: ...
    async def stop(self) -> None: ...
    def create(self, count: int = 1) -> object: ...
    def behave_as(self, form: Mapping[str, str]) -> None: ...
    def put_on_sale(self, sku: str, quantity: int) -> None: ...


@click.command("simulate")
@click.argument("channel", metavar="CHANNEL")
@click.option("--port", default=0, show_default=True, type=Number(0, 65535), help="Port to listen on; 0 picks a free one.")
@click.option("--push-to", metavar="URL", help="Address of the hook that the channel pushes to; without it nothing is pushed.")
@click.option("--secret", metavar="TEXT", help="What signs calls and pushes; without it the one that the connection shows.")
@click.option("--orders", default=0, show_default=True, type=Number(0, 100_000), help="Orders to begin with.")
@click.option("--rate", default=0.0, show_default=True, type=Number(0, 200, whole=False), help="New orders a second.")
@click.option("--stock", default=100, show_default=True, type=Number(0, MOST), help="Units of each SKU that are on sale; 0: no goods.")
@click.option("--limit", "calls", default=0, type=Number(0, MOST), help="Calls that are taken a span; 0: any number.")
@click.option("--per", "seconds", default=60.0, show_default=True, type=Number(0.1, DAY, whole=False), help="That span in seconds.")
@click.option("--clock-off", "clock", default=0.0, type=Number(-DAY, DAY, whole=False), help="Seconds that its clock is ahead.")
@click.option("--doubled", default=0.0, type=SHARE, help="Per cent of the pushes that come twice.")
@click.option("--lost", default=0.0, type=SHARE, help="Per cent of the pushes that never come.")
@click.option("--late", default=0.0, type=SHARE, help="Per cent of the pushes that come after the one behind them.")
@click.option("--forged", default=0.0, type=SHARE, help="Per cent of the pushes that come first with a wrong signature.")
@requires("service.run")
def simulate(
    channel: str, port: int, push_to: str | None, secret: str | None, orders: int, rate: float, stock: int, **behaviour: float
) -> None:
    """A local server that behaves as a sales channel's API does, with a page to make orders change. Prints its address and connection."""
    given = {"push_to": _hook(push_to), **({"secret": secret} if secret else {})}
    simulator = _found(channel).load()(**given)
    simulator.behave_as({name: str(value) for name, value in behaviour.items()})
    asyncio.run(_serve(simulator, port, lambda: _begin(simulator, orders, stock), rate))


def simulators() -> dict[str, EntryPoint]:
    """The simulated channels of all installed packages by name."""
    return {point.name: point for point in entry_points(group=GROUP)}


def _hook(address: str | None) -> str | None:
    """The address as it was given. Raises ``InputInvalid`` (``simulate.push_to``) for one that nothing can be sent to."""
    if address is not None:
        try:
            parse_url(address)
        except CallFailed:
            raise InputInvalid(Problem("simulate.push_to", ("--push-to",))) from None
    return address


def _found(channel: str) -> EntryPoint:
    known = simulators()
    if channel not in known:
        raise NotFound(Problem("simulate.unknown", (channel,), {"known": sorted(known)}))
    return known[channel]


def _begin(simulator: Simulator, orders: int, stock: int) -> None:
    for sku in simulator.sells if stock else ():
        simulator.put_on_sale(sku, stock)
    simulator.create(orders)


async def _serve(simulator: Simulator, port: int, begin: Callable[[], None], rate: float) -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    await _start(simulator, port)
    try:
        _announce(simulator.url, simulator.connection)
        begin()
        await _until(stopped, simulator, rate)
    finally:
        await simulator.stop()


async def _start(simulator: Simulator, port: int) -> None:
    try:
        await simulator.start(port=port)
    except OSError as error:
        await simulator.stop()
        code = "simulate.port_in_use" if error.errno == errno.EADDRINUSE else "simulate.port"
        reason = errno.errorcode.get(error.errno or 0, "")
        raise InputInvalid(Problem(code, ("--port",), {"port": port, "reason": reason})) from None


async def _until(stopped: asyncio.Event, simulator: Simulator, rate: float) -> None:
    while not stopped.is_set():
        try:
            await asyncio.wait_for(stopped.wait(), 1 / rate if rate else None)
        except TimeoutError:
            simulator.create()


def _announce(url: str, connection: dict[str, Any]) -> None:
    click.echo(f"ready {url}")
    click.echo(f"connection {write_json(connection).decode()}")
    click.echo(say("Make orders at {url}; Ctrl+C ends it.", url=f"{url}/simulator"), err=True)
