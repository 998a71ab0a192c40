"""The canvas: a flow drawn, edited, tried and watched. One page; the rest is done by scripts over the API."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from litestar import Response, get
from litestar.params import FromPath, FromQuery
from markupsafe import Markup

from designer.pages.frame import PageRequest, loom, page, reader_for
from designer.pages.texts import script_texts
from engine.app import Orderloom
from engine.catalogue import text
from engine.store.ports import FlowRecord


@dataclass(frozen=True, slots=True)
class Opened:
    """What the canvas starts with. ``document`` is the flow's text; ``etag`` that of the draft (``None``: there is none).

    ``version``: the published version that ``document`` is, ``None`` for the draft; ``run``: the past run that is looked at.
    """

    flow: str
    document: str
    etag: str | None
    published: int | None
    version: int | None = None
    run: str | None = None


@get("/flows/{name:str}/canvas", opt={"permission": "flow.read"})
async def show_canvas(
    request: PageRequest,
    name: FromPath[str],
    version: FromQuery[int | None] = None,
    run: FromQuery[int | None] = None,
    guide: FromQuery[bool] = False,
) -> Response[str]:
    """The draft, else the published version; with ``version`` or ``run`` that version, to look at."""
    engine = loom(request)
    opened = await _opened(engine, await engine.store.flow(name), version, run)
    return page(request, "canvas.html", flow=name, data=_embedded({**asdict(opened), **await _around(request), "guide": guide}))


async def _opened(engine: Orderloom, record: FlowRecord, version: int | None, run: int | None) -> Opened:
    if run is not None:
        found = await engine.store.run(run)
        document = (await engine.store.version(found.flow, found.version)).document
        return Opened(found.flow, document.decode(), record.draft_etag, record.published, found.version, str(run))
    chosen = version or (record.published if record.draft is None else None)
    if chosen is None:
        return Opened(record.name, (record.draft or b"{}").decode(), record.draft_etag, record.published)
    document = (await engine.store.version(record.name, chosen)).document
    shown = None if version is None and record.draft is None else chosen
    return Opened(record.name, document.decode(), record.draft_etag, record.published, shown)


async def _around(request: PageRequest) -> dict[str, Any]:
    """The reader, the connections and flows that a form may name, the texts of the scripts, and where a demonstration has its scenes."""
    reader = reader_for(request)
    engine = loom(request)
    book = engine.book.types()
    return {
        "language": reader.language,
        "theme": reader.theme,
        "connections": [{"name": name, "type": kind} for name, kind in sorted(book.items())],
        "callees": [plan.name for plan in await engine.flows.starting("call") if plan.callee is not None],
        "texts": script_texts(reader.language),
        "title": text("Canvas", reader.language),
        "scenes": request.app.state.scenes,
    }


def _embedded(data: dict[str, Any]) -> Markup:
    """JSON that may stand inside a script element (HTML standard, 4.12.1.3): nothing in it can end the element."""
    written = json.dumps(data, ensure_ascii=False)
    return Markup(written.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))  # noqa: S704 - escaped here
