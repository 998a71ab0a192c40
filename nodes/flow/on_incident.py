"""Start on incidents and failures of other flows."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from engine.sdk import Arrival, DataClass, Delivery, Example, FieldClass, Params, read_json, replaces, trigger

FIELDS = ("kind", "incident", "run", "flow", "step", "code", "where", "order", "text", "advice", "at", "link")
NEWS = {name: FieldClass(DataClass.INTERNAL) for name in FIELDS}
_INCIDENT = {
    "kind": "incident",
    "incident": "456146164754948096",
    "run": "456146164754948001",
    "flow": "retail_import",
    "step": "to_wms",
    "code": "effect.refused",
    "where": "to_wms",
    "order": "A1001",
    "text": "The system refused the request with status 422.",
    "advice": "Correct the order, then try again.",
    "at": "2026-01-16T03:04:05Z",
    "link": "/runs/456146164754948001",
}
_FAILURE = {
    **_INCIDENT,
    "kind": "failed",
    "incident": None,
    "code": "run.stopped",
    "text": "The flow ended the run: no warehouse has this.",
}


class OnIncident(Params):
    flows: list[Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]] = Field(
        default_factory=list[str], max_length=100, title="Flows", description="Names of the flows to look after. Empty: all."
    )
    codes: list[Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$", max_length=100)]] = Field(
        default_factory=list[str],
        max_length=100,
        title="Code words",
        description="Such as effect.refused, or only the part before a dot, such as http. Empty: all.",
    )
    kinds: list[Literal["incident", "failed"]] = Field(
        default=["incident", "failed"],
        min_length=1,
        title="On what",
        description="incident: something was parked and needs a person; failed: a run has failed.",
        json_schema_extra={"enumTitles": {"incident": "incidents", "failed": "runs that failed"}},
    )
    language: Literal["en", "zh"] | None = Field(
        default=None,
        title="Language",
        description="Of the texts. Empty: the language that the server is set to.",
        json_schema_extra={"enumTitles": {"en": "English", "zh": "Chinese"}},
    )


@trigger(
    "flow.on_incident",
    version=1,
    label="On incidents",
    starts="incident",
    emits=replaces(NEWS),
    icon="bell",
    examples=(
        Example(
            {"codes": ["effect"]},
            [{**_INCIDENT, "key": "456146164754948096"}],
            {"out": [_INCIDENT]},
            event={"channel": "incident", "shop_id": "retail_import", "order_id": "456146164754948096"},
            title="An order was refused",
        ),
        Example(
            {"kinds": ["failed"], "language": "en"},
            [{**_FAILURE, "key": "456146164754948001.7"}],
            {"out": [_FAILURE]},
            event={"order_id": "456146164754948001.7"},
            title="A run has failed",
        ),
    ),
)
def on_incident(delivery: Delivery, params: OnIncident) -> Arrival:
    """Starts the flow whenever another flow parks something or a run of it fails: with what, where and why, and nothing personal.

    Once for each incident, over restarts too. Incidents of flows that begin with this node start no flow.
    """
    del params
    body = read_json(delivery.body)
    key = str(body.get("key", ""))
    return Arrival(({name: body.get(name) for name in FIELDS},), "incident", str(body.get("flow", "")), key, key)
