"""What a test run may start from."""

from __future__ import annotations

from dataclasses import dataclass

from litestar import post
from litestar.params import FromPath, RawBody
from litestar.status_codes import HTTP_200_OK

from designer.api.documents import examined, read_object
from designer.api.given import Actor, Language, Loom, TakesJson
from designer.api.shapes import Listed, utc
from designer.pages.environment import order_parts
from designer.pages.words import CHANNELS
from engine.access import may
from engine.catalogue import entries, text
from engine.store.ports import Event
from engine.trial import Offered, offered


@dataclass(frozen=True, slots=True)
class SampleShown:
    """``kind``: ``test`` of the flow, ``example`` of the trigger, ``event`` that arrived; ``ref`` is what a test run names it by."""

    trigger: str
    kind: str
    ref: str
    title: str
    at: str | None


@post("/flows/{name:str}/samples", opt={"permission": "flow.read"}, status_code=HTTP_200_OK, operation_class=TakesJson)
async def list_samples(name: FromPath[str], body: RawBody, orderloom: Loom, language: Language, actor: Actor) -> Listed[SampleShown]:
    """Tests, examples and at most 20 recent events that a test run of this document may start from. Faulty parts are passed over."""
    read_object(body)
    found = await examined(body, orderloom, name, connections=False)
    samples = await offered(orderloom, name, found.flow) if found.flow else []
    events = may(actor, "event.read", f"flow:{name}")
    return Listed([_shown(sample, language) for sample in samples if events or sample.event is None])


def _shown(sample: Offered, language: str) -> SampleShown:
    at = utc(sample.event.received_at) if sample.event else None
    return SampleShown(sample.trigger, sample.kind, sample.ref, _title(sample, language), at)


def _title(sample: Offered, language: str) -> str:
    if sample.event is not None:
        return _of_event(sample.event, language)
    if sample.kind == "example":
        return entries(language).get((None, sample.title)) or sample.title or text("Example {number}", language, number=int(sample.ref) + 1)
    return sample.title


def _of_event(event: Event, language: str) -> str:
    """Channel and order number, as lists of runs show them."""
    channel, _, number = order_parts(event.order_key)
    known = text(CHANNELS.get(channel, channel), language)
    return f"{known} {number}" if number else known


routes = [list_samples]
