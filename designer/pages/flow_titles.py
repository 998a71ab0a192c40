"""What flows are called in the reader's language."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Final

import msgspec

from engine.app import Orderloom
from engine.errors import NotFound

MOST: Final = 100
"""Of more flows the further ones are called by their names: each title is read from a document."""


class _Titled(msgspec.Struct):
    title: dict[str, str] | None = None


async def flow_titles(engine: Orderloom, names: Iterable[str], language: str) -> dict[str, str]:
    """By name; the name itself where a flow has no title in this language. That of the published version counts, else the draft's."""
    wanted = list(dict.fromkeys(names))
    titles = await asyncio.gather(*(_title(engine, name, language) for name in wanted[:MOST]))
    return {**dict(zip(wanted, wanted, strict=True)), **dict(zip(wanted, titles, strict=False))}


async def _title(engine: Orderloom, name: str, language: str) -> str:
    plan = engine.flows.newest_at_hand(name)
    titles = await _written(engine, name) if plan is None else plan.flow.title
    return (titles or {}).get(language) or name


async def _written(engine: Orderloom, name: str) -> dict[str, str] | None:
    try:
        record = await engine.store.flow(name)
        document = record.draft if record.published is None else (await engine.store.version(name, record.published)).document
        return msgspec.json.decode(document or b"{}", type=_Titled).title
    except (NotFound, msgspec.MsgspecError):
        return None
