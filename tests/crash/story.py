"""What happens to an engine in the crash-point sweep: a day's work that can be taken up again wherever it was cut off."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from engine.app import Orderloom
from engine.catalogue import entries
from engine.connection.failures import CallFailed
from engine.errors import Conflict
from engine.flow.check import check_reading
from engine.flow.reader import inspect
from engine.json_text import canonical_json
from engine.node.context import HttpAnswer
from engine.node.triggers import Delivery
from engine.settings import Settings
from engine.store.open import open_store
from engine.store.operations import ENDS
from engine.store.ports import Incident, RunFilter, StoreOptions
from tests.crash.bulk import Life
from tests.crash.points import Points
from tests.crash.scene import REGISTRY, SETTINGS, body_of, scene
from tests.crash.world import SECRET, hooks_only, order_of, signed

MORNING = datetime(2026, 3, 28, 8, 0, tzinfo=UTC)
FIRST = (
    ("A", 1, "plain"), ("A", 2, "strict"), ("A", 3, "plain"), ("B", 1, "wait"), ("B", 2, "plain"), ("C", 1, "approve"), ("D", 1, "once"),
    ("E", 1, "lines"), ("F", 1, "signal"), ("G", 1, "signal"), ("H", 1, "once"), ("I", 1, "fatal"),
    ("J", 1, "bulk"),
)  # fmt: skip
SECOND = (("A", 4, "plain"), ("B", 3, "plain"), ("C", 2, "approve"), ("D", 2, "once"), ("E", 1, "lines"), ("K", 1, "wait"))
"""The order ``E`` comes once more as it was; ``G`` is cancelled while it waits."""
HUB = ((1, 0), (1, 1), (2, 0))
_SYSTEMS = {"wms": "wms", "finance": "finance", "team_chat": "wecom"}
_CONNECTIONS = {
    "taobao": {"type": "taobao", "secret": "invented"},
    "shopify": {"type": "shopify", "secret": SECRET},
    "woocommerce": {"type": "woocommerce", "secret": "invented"},
    "own_shop": {"type": "own_shop", "secret": "whsec_aW52ZW50ZWQtc2VjcmV0LTI0LWJ5dGVz"},
    **{name: {"type": kind, "url": f"http://{name}.example/x?key=invented"} for name, kind in _SYSTEMS.items()},
}
_SETTINGS = Settings(connections={**SETTINGS.connections, **_CONNECTIONS})
ORDER_HUB = hooks_only()


def rehearse() -> None:
    """Reads and checks what the story needs, so that no process that forks off has to do it again. Starts no thread."""
    for document in (ORDER_HUB, scene(1), scene(2)):
        check_reading(inspect(document), REGISTRY, None)
    for node_type in REGISTRY:
        assert node_type.params_schema
    assert entries("en")


@dataclass(frozen=True, slots=True)
class Notes:
    """What outlives a process: the targets' own records, what the shops were told, the time. A line is there whole or not at all."""

    folder: Path

    def add(self, name: str, line: Mapping[str, Any]) -> None:
        descriptor = os.open(self.folder / name, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.write(descriptor, json.dumps(line).encode() + b"\n")
        os.close(descriptor)

    def read(self, name: str) -> list[dict[str, Any]]:
        file = self.folder / name
        return [json.loads(line) for line in file.read_bytes().splitlines()] if file.exists() else []

    @property
    def now(self) -> datetime:
        return MORNING + timedelta(seconds=sum(line["seconds"] for line in self.read("time")))


class Outside:
    """Targets that keep their own records. The first call to ``strict`` and ``fatal`` is refused; the answer to ``H`` is lost once."""

    def __init__(self, notes: Notes) -> None:
        self.notes = notes

    async def http(self, connection: str, content: Mapping[str, Any], key: str, timeout: float) -> HttpAnswer:
        item = content["json"]
        before = [line for line in self.notes.read("seen") if line["target"] == connection]
        refused = connection in ("strict", "fatal") and not before
        order = item.get("id") or item.get("channel_order_id") or ""
        version = item.get("v") or item.get("version") or ""
        told = {"order": order, "v": version, "mark": item.get("mark", 0), "line": item.get("line", {}).get("n", 0)}
        self.notes.add("seen", {"target": connection, "key": key, **told, "done": not refused, "body": canonical_json(item).decode()})
        await asyncio.sleep(0)
        if connection == "once" and order == "H" and not [line for line in before if line["order"] == "H"]:
            raise CallFailed("http.unreachable", retriable=True, maybe_sent=True, host=connection)
        return HttpAnswer(422 if refused else 200, {}, {"errcode": 0})

    async def mail(self, *_: Any) -> None:
        raise AssertionError("no mail is expected")


class Story:
    """One life of it: from wherever the life before was cut off to the end, unless it is cut off too."""

    def __init__(self, folder: Path, points: Points) -> None:
        self.folder, self.points, self.notes = folder, points, Notes(folder)

    async def play(self) -> None:
        store = open_store(StoreOptions(str(self.folder / "data")))
        self.notes.add("lives", {})
        Life.number = len(self.notes.read("lives"))
        async with Orderloom(_SETTINGS, store, REGISTRY, clock=self._clock) as app:
            self.app = app
            for name, value in {"outside": Outside(self.notes), "sleep": lambda _: asyncio.sleep(0), "chance": lambda: 0.5}.items():
                object.__setattr__(app.world, name, value)
            app._upkeep.start = lambda: None  # type: ignore[method-assign]  # what it does at its times is done below, when it is due
            await app.start()
            await self._publish("order_hub", ORDER_HUB, 1)
            await self._publish("scene", scene(1), 1)
            await self._deliver(FIRST)
            await self._deliver_hub(HUB)
            await app.dispatcher.idle()
            await self._cancel("G")
            await self._publish("scene", scene(2), 2)
            await self._deliver(SECOND)
            await self._go_on()

    def _clock(self) -> datetime:
        return self.notes.now

    async def _publish(self, name: str, document: bytes, version: int) -> None:
        plan = await self.app.flows.newest(name)
        if plan is None or plan.version < version:
            await self.app.publish(document, note="", actor="owner")

    async def _deliver(self, events: tuple[tuple[str, int, str], ...]) -> None:
        bodies = [body_of(*event) for event in events]
        await asyncio.gather(*(self._hook("scene", "hook", Delivery(body)) for body in bodies))

    async def _deliver_hub(self, orders: tuple[tuple[int, int], ...]) -> None:
        for number, version in orders:
            body = json.dumps(order_of(number, version=version)).encode()
            headers = {name.lower(): value for name, value in signed(body, f"{number}/{version}").items()}
            await self._hook("order_hub", "shopify", Delivery(body, headers))

    async def _hook(self, flow: str, trigger: str, delivery: Delivery) -> None:
        accepted = await self.app.intake.hook(flow, trigger, delivery)
        self.notes.add("told", {"id": accepted.id})
        self.points.pass_by("after", "answer:event")

    async def _cancel(self, order: str) -> None:
        page = await self.app.store.runs(RunFilter(flow="scene"), limit=500)
        for run in [run for run in page.items if run.order_key.endswith(f"|{order}")]:
            if run.state not in ENDS:
                await self.app.cancel(run.id, "owner")
                self.notes.add("cancelled", {"id": run.id})

    async def _go_on(self) -> None:
        """People answer, signals come, time passes, until everything has ended."""
        app = self.app
        for _ in range(60):
            await app.dispatcher.idle()
            for wait in (await app.store.waits()).items:
                if wait.kind == "task":
                    await self._quietly(app.waits.end(wait, "answer", "lead", {"decision": "approved"}))
                elif wait.kind == "signal":
                    await self._quietly(app.waits.signal(app.waits.token(wait.effect), {}))
            await app.dispatcher.idle()
            for incident in (await app.store.incidents()).items:
                await self._quietly(app.resume(incident.id, await self._answer(incident), "owner"))
            await app.dispatcher.idle()
            self.notes.add("time", {"seconds": 3600})
            await app.waits.wake_due()
            await app.dispatcher.idle()
            counts = await app.store.run_counts()
            if all(state in ENDS for (_, state), number in counts.items() if number) and not (await app.store.incidents()).items:
                return

    async def _quietly(self, decision: Any) -> None:
        with suppress(Conflict):  # it was decided meanwhile
            await decision

    async def _answer(self, incident: Incident) -> str:
        """A person looks it up at the target."""
        if incident.code != "effect.unknown_outcome":
            return "again"
        *_, order, version = (await self.app.store.event(incident.run_id)).key.split("|")
        there = [line for line in self.notes.read("seen") if (line["target"], line["order"], str(line["v"])) == ("once", order, version)]
        return "sent" if there else "not_sent"
