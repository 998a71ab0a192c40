"""The present way as people draw it, in versions."""

from __future__ import annotations

import pytest

from engine.errors import Conflict, InputInvalid, NotFound
from engine.path.present import PresentWays, parse_way
from engine.store.memory import MemoryStore

WAY = {
    "steps": [
        {"title": "导出订单", "by": "excel", "system": "订单表", "owner": "运营", "minutes": 40, "pain": "容易漏单"},
        {"title": "打印面单", "by": "system", "system": "快递系统"},
    ]
}


def test_manual_steps_pains_and_minutes_are_counted() -> None:
    way = parse_way(WAY)
    assert (way.manual, way.pains, way.minutes) == (1, 1, 40)


def test_every_field_that_does_not_fit_is_named_at_once() -> None:
    with pytest.raises(InputInvalid) as caught:
        parse_way({"steps": [{"title": " "}, {"title": "x", "by": "fax", "minutes": -1, "colour": "red"}]})
    assert sorted(one.where for one in caught.value.problems) == [
        ("steps", "1", "title"), ("steps", "2", "by"), ("steps", "2", "colour"), ("steps", "2", "minutes"),
    ]  # fmt: skip
    assert {one.code for one in caught.value.problems} == {"path.invalid"}


def test_a_way_of_too_many_steps_is_refused() -> None:
    with pytest.raises(InputInvalid):
        parse_way({"steps": [{"title": "x"}] * 41})


async def test_each_change_is_a_version_that_stays() -> None:
    ways = PresentWays(MemoryStore())
    assert (await ways.current()).version == 0
    assert await ways.save(parse_way(WAY), expected=0, actor="ann") == 1
    assert await ways.save(parse_way({"steps": []}), expected=1, actor="bob") == 2
    assert [(one.version, one.actor, len(one.way.steps)) for one in await ways.versions()] == [(2, "bob", 0), (1, "ann", 2)]
    assert (await ways.version(1)).way.steps[0].title == "导出订单"
    with pytest.raises(Conflict):
        await ways.save(parse_way(WAY), expected=1, actor="ann")
    with pytest.raises(NotFound):
        await ways.version(9)
