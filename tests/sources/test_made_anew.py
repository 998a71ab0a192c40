"""A queue or a stream that somebody deletes and makes again, of the same name: it is read on."""

from __future__ import annotations

import pytest

from engine.catalogue import explain

from .house import arrived, phase, until, wrong
from .servers import NatsStream, Rabbit, RedisStream, broker
from .test_brokers import bodies, names, publish, service

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("kind", [Rabbit, RedisStream, NatsStream], ids=lambda kind: kind.type)
async def test_what_is_deleted_and_made_again_is_read_on(kind: type[Rabbit | RedisStream | NatsStream]) -> None:
    async with broker(kind) as place, service(place).open() as app:
        await publish(app, place)
        await place.send(bodies(1, 3))
        await arrived(app, 3)
        assert isinstance(place, Rabbit | RedisStream | NatsStream)
        await place.make_anew()
        await place.send(bodies(4, 6))
        assert await arrived(app, 6) == names(1, 6)
        await until(lambda: phase(app) == "connected")


async def test_a_stream_whose_place_something_else_takes_is_named_and_read_on_once_it_is_back() -> None:
    async with broker(RedisStream) as place, service(place).open() as app:
        await publish(app, place)
        assert isinstance(place, RedisStream)
        await place.give_way()
        await until(lambda: phase(app) == "broken" and wrong(app).code == "server.no_place")
        assert explain(wrong(app))["what"] == f"There is no {place.name} on 127.0.0.1, or we may not read it."
        await place.make_anew()
        await place.send(bodies(1, 3))
        assert await arrived(app, 3) == names(1, 3)
