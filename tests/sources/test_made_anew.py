"""A queue or a stream that somebody deletes and makes again, of the same name: it is read on."""

from __future__ import annotations

import pytest

from .house import arrived, phase, until
from .servers import NatsStream, Rabbit, broker
from .test_brokers import bodies, names, publish, service

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("kind", [Rabbit, NatsStream], ids=lambda kind: kind.type)
async def test_what_is_deleted_and_made_again_is_read_on(kind: type[Rabbit | NatsStream]) -> None:
    async with broker(kind) as place, service(place).open() as app:
        await publish(app, place)
        await place.send(bodies(1, 3))
        await arrived(app, 3)
        assert isinstance(place, Rabbit | NatsStream)
        await place.make_anew()
        await place.send(bodies(4, 6))
        assert await arrived(app, 6) == names(1, 6)
        await until(lambda: phase(app) == "connected")
