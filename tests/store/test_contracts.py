"""What every store promises about the contract watch: one open change of an operation and a key, accepted with a version or not at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from engine.errors import Conflict, NotFound, OrderloomError
from engine.store.contracts import ChangeFilter, FormVersion, KeptContract, NewFormChange
from engine.store.ports import Store

from .conftest import NOW, code

LATER = NOW + timedelta(minutes=5)
CHANGE = NewFormChange("taobao.order", "vanished|payment|", "vanished", "payment", "parked", NOW, 3, b'{"expected":"string"}')
VERSION = FormVersion("taobao.order", 1, LATER, "owner", "renamed", b'{"moves":[["pay","payment"]]}')


async def opened(store: Store, key: str = CHANGE.key, operation: str = CHANGE.operation) -> int:
    found = await store.open_change(replace(CHANGE, key=key, operation=operation))
    assert found is not None
    return found


async def test_what_was_seen_of_an_operation_is_kept_once(store: Store) -> None:
    await store.keep_contract(KeptContract("taobao.order", NOW, b"{}"))
    await store.keep_contract(KeptContract("jd.order", NOW, b"{}"))
    await store.keep_contract(KeptContract("taobao.order", LATER, b'{"orders":2}'))
    assert [(one.operation, one.at, one.body) for one in await store.contracts()] == [
        ("jd.order", NOW, b"{}"),
        ("taobao.order", LATER, b'{"orders":2}'),
    ]


async def test_a_change_comes_back_as_it_was_found(store: Store) -> None:
    one = await store.form_change(await opened(store))
    assert (one.operation, one.key, one.kind, one.path, one.weight, one.state) == (*_place(), "open")
    assert (one.first_at, one.last_at, one.orders, one.body, one.version) == (NOW, NOW, 3, CHANGE.body, None)
    with pytest.raises(NotFound) as caught:
        await store.form_change(1)
    assert code(caught) == "form_change.unknown"


async def test_only_one_change_of_an_operation_and_a_key_is_open(store: Store) -> None:
    number = await opened(store)
    assert await store.open_change(CHANGE) is None
    await opened(store, operation="jd.order")
    assert await store.end_change(number, LATER)
    assert not await store.end_change(number, LATER)
    assert await opened(store) != number


async def test_an_open_change_goes_on_and_a_closed_one_stays_as_it_was(store: Store) -> None:
    number = await opened(store)
    await store.keep_change(number, "warned", LATER, 9, b"{}")
    one = await store.form_change(number)
    assert (one.weight, one.first_at, one.last_at, one.orders, one.body) == ("warned", NOW, LATER, 9, b"{}")
    await store.end_change(number, LATER)
    await store.keep_change(number, "parked", LATER, 10, b"[]")
    one = await store.form_change(number)
    assert (one.state, one.weight, one.orders, one.decided_at) == ("gone", "warned", 9, LATER)


async def test_changes_are_accepted_with_a_version_or_not_at_all(store: Store) -> None:
    first, second = await opened(store), await opened(store, "new|pay|string")
    foreign = await opened(store, operation="jd.order")
    mark = await store.change_mark()
    with pytest.raises(OrderloomError):
        await store.accept_changes([first, foreign + 1], VERSION)
    assert (await store.form_change(first)).state == "open"
    assert await store.form_versions() == {}
    await store.accept_changes([first, second], VERSION)
    one = await store.form_change(second)
    assert (one.state, one.decided_by, one.decided_at, one.version) == ("accepted", "owner", LATER, 1)
    assert await store.form_versions() == {"taobao.order": [VERSION]}
    assert await store.change_mark() > mark
    assert [row.action for row in (await store.audit_rows()).items][:1] == ["form_change.accept"]


async def test_who_accepts_first_is_not_overwritten(store: Store) -> None:
    first, second = await opened(store), await opened(store, "new|pay|string")
    await store.accept_changes([first], VERSION)
    with pytest.raises(Conflict) as caught:
        await store.accept_changes([second], VERSION)
    assert code(caught) == "form_change.overtaken"
    with pytest.raises(Conflict) as caught:
        await store.accept_changes([first], replace(VERSION, version=2))
    assert code(caught) == "form_change.closed"


async def test_changes_are_listed_by_state_and_operation_newest_first_in_pages(store: Store) -> None:
    numbers = [await opened(store, f"new|field_{n}|string") for n in range(3)]
    other = await opened(store, operation="jd.order")
    await store.end_change(numbers[1], LATER)
    first = await store.form_changes(limit=2)
    assert [one.id for one in first.items] == [other, numbers[2]]
    assert [one.id for one in (await store.form_changes(limit=2, cursor=first.next)).items] == [numbers[0]]
    assert [one.id for one in (await store.form_changes(ChangeFilter("gone"))).items] == [numbers[1]]
    assert [one.id for one in (await store.form_changes(ChangeFilter(None, "jd.order"))).items] == [other]


async def test_old_changes_are_deleted_but_never_open_ones(store: Store) -> None:
    await store.end_change(await opened(store), NOW)
    left = await opened(store, "new|pay|string")
    assert await store.delete_changes(LATER) == 1
    assert [one.id for one in (await store.form_changes(ChangeFilter(None))).items] == [left]


def _place() -> tuple[str, str, str, str, str]:
    return CHANGE.operation, CHANGE.key, CHANGE.kind, CHANGE.path, CHANGE.weight
