"""Deliveries that arrive while something of ours is missing: the sender shall come again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.app import Orderloom
from engine.errors import NotFound
from engine.node.triggers import Delivery
from engine.settings import Settings
from engine.store.memory import MemoryStore
from engine.store.open import open_store
from engine.store.ports import StoreOptions

FLOW = {
    "name": "signed",
    "nodes": {
        "hook": {"use": "connector.webhook@1", "params": {"secret": {"secret": "erp"}}},
        "first": {"use": "transform.limit@1", "params": {"count": 1}},
    },
    "wires": ["hook -> first"],
}


async def test_a_connection_without_a_secret_is_our_fault_and_has_a_name() -> None:
    settings = Settings(connections={"erp": {"type": "webhook", "url": "http://erp.example"}})
    async with Orderloom(settings, MemoryStore()) as app:
        await app.publish(json.dumps(FLOW).encode(), note="", actor="owner")
        with pytest.raises(NotFound) as raised:
            await app.intake.hook("signed", "hook", Delivery(b"{}", {"x-signature": "00"}))
    assert raised.value.problems[0].code == "connection.no_secret"


async def test_nobody_else_can_read_the_files_of_a_store(tmp_path: Path) -> None:
    _open_to_all(tmp_path)
    store = open_store(StoreOptions(str(tmp_path)))
    await store.open()
    modes = _modes(tmp_path)
    await store.close()
    assert {"orderloom.db", "keys.db"} <= set(modes)
    assert set(modes.values()) == {0o600}


def _open_to_all(folder: Path) -> None:
    folder.chmod(0o755)


def _modes(folder: Path) -> dict[str, int]:
    return {file.name: file.stat().st_mode & 0o777 for file in folder.glob("*.db*")}
