"""The reference flow on Orderloom, served as ``orderloom serve`` does, with everything kept and encrypted."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import uvloop
from reference_nodes import flow, registry

from designer.server import Service, bind
from engine.app import Orderloom
from engine.settings import Settings
from engine.store.open import open_store
from engine.store.ports import StoreOptions


def settings(data: Path, targets: int) -> Settings:
    connections = {name: {"type": name, "url": f"http://127.0.0.1:{targets}/{name}"} for name in ("wms", "finance")}
    return Settings(data=data, allow_private=("127.0.0.0/8",), connections=connections, max_running=256)


async def published(engine: Orderloom, *, calls: bool) -> None:
    async with engine:
        await engine.publish(json.dumps(flow(calls=calls)).encode(), note="benchmark", actor="owner")


def engine_at(data: Path, targets: int, *, apart: bool = False) -> Orderloom:
    return Orderloom(settings(data, targets), open_store(StoreOptions(str(data), apart=apart)), registry())


async def serve(port: int, engine: Orderloom) -> None:
    await Service(engine, bind("127.0.0.1", port), key="benchmark").run(lambda: None)


def main(port: int, targets: int, calls: str, data: str) -> None:
    if not Path(data).exists():
        asyncio.run(published(engine_at(Path(data), targets), calls=calls == "calls"))
    uvloop.run(serve(port, engine_at(Path(data), targets, apart=True)))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4])
