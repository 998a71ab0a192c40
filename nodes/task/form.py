"""Let a person fill in a form."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from engine.sdk import Context, Example, Item, Problem, Sent, effect_node
from nodes.task.asking import Asking, answered, ask


def _is_form(schema: dict[str, Any]) -> dict[str, Any]:
    import jsonschema  # noqa: PLC0415 - costs start-up time

    why: dict[str, str] = {}
    try:
        jsonschema.Draft202012Validator.check_schema(schema)
    except jsonschema.SchemaError as error:
        place = ".".join(map(str, error.absolute_path)) or "–"
        why = {"reason": f"{place}: {error.message}", "rule": "schema_at", "place": place}
    if not why and (schema.get("type") != "object" or not isinstance(schema.get("properties"), dict)):
        why = {"reason": 'it needs "type": "object" and "properties"', "rule": "schema_of_an_object"}
    if why:
        raise PydanticCustomError("orderloom", "{what}", {"what": why["reason"], "problem": Problem("task.bad_form", (), why)})
    return schema


class FillIn(Asking):
    form: Annotated[dict[str, Any], AfterValidator(_is_form)] = Field(
        title="Form", description="The fields that the person fills in, as a JSON Schema of an object."
    )


@effect_node(
    "task.form",
    version=1,
    label="Form",
    outputs=("out", "overdue"),
    reads=("params.title", "params.text"),
    writes=("params.into",),
    waits=True,
    icon="clipboard-list",
    examples=(
        Example(
            {
                "title": "Weigh {{ item.display_no }}",
                "form": {"type": "object", "properties": {"grams": {"type": "integer", "title": "Weight in grams"}}, "required": ["grams"]},
            },
            [{"display_no": "A1"}],
            {"out": [{"display_no": "A1", "answer": {"grams": 420, "by": "picker", "at": "2026-01-16T08:00:00Z"}}]},
            answers=({"how": "answer", "by": "picker", "body": {"grams": 420}},),
            title="A weight",
        ),
        Example(
            {"title": "Weigh", "due": "1d", "form": {"type": "object", "properties": {}}},
            [{}],
            {"overdue": [{}]},
            answers=({"how": "due"},),
            title="Nobody answered in time",
        ),
    ),
)
async def form(item: Item, params: FillIn, context: Context) -> Sent:
    """Lets each item rest until a person has filled in a form about it; the answers come into the item."""
    woken = await ask(item, params, context, params.form)
    if woken.how != "answer":
        return "overdue", item
    return "out", answered(item, params, woken)
