"""What every store promises about connections that are deleted; run over each of them."""

from __future__ import annotations

import pytest

from engine.errors import NotFound
from engine.store.ports import Store


async def test_a_deleted_connection_is_gone_and_leaves_an_audit_row(store: Store) -> None:
    await store.save_connection("wms", b'{"secret":"s3cret"}', actor="ann")
    mark = await store.change_mark()
    await store.delete_connection("wms", actor="bob")
    assert (await store.connection("wms"), list(await store.connection_names())) == (None, [])
    assert await store.change_mark() != mark
    newest = (await store.audit_rows(limit=1)).items[0]
    assert (newest.actor, newest.action, newest.resource) == ("bob", "connection.delete", "wms")


async def test_deleting_what_is_not_there_changes_nothing(store: Store) -> None:
    mark = await store.change_mark()
    with pytest.raises(NotFound) as caught:
        await store.delete_connection("wms", actor="bob")
    assert caught.value.problems[0].code == "connection.missing"
    assert (await store.change_mark(), list((await store.audit_rows()).items)) == (mark, [])
