"""What a node shows people: label, help, examples, and a form for its parameters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from engine.node.types import FAMILIES, NodeType

LEAST_EXAMPLES: Final = 2


def form_faults(node_type: NodeType) -> Iterator[str]:
    use = node_type.use
    if node_type.family not in FAMILIES:
        yield f"{use}: the name begins with none of {', '.join(FAMILIES)}"
    for what, text in (("label", node_type.label), ("help (the docstring)", node_type.help), ("icon", node_type.icon)):
        if not text.strip():
            yield f"{use}: has no {what}"
    if len(node_type.examples) < LEAST_EXAMPLES:
        yield f"{use}: has {len(node_type.examples)} examples, and needs {LEAST_EXAMPLES}"
    try:
        Draft202012Validator.check_schema(node_type.params_schema)
    except (SchemaError, ValueError) as error:
        yield f"{use}: its parameters give no JSON Schema: {error}"
    else:
        yield from (f"{use}: parameter {name} has no {part}" for name, part in _untold(node_type.params_schema))


def texts_of(node_type: NodeType) -> Iterator[str]:
    """Every sentence of a node that people read, in English: what a catalogue must translate."""
    yield node_type.label
    yield node_type.help
    yield from (port.name for port in node_type.outputs)
    yield from (example.title for example in node_type.examples if example.title)
    for _, field in _fields(node_type.params_schema):
        yield from (str(field[part]) for part in ("title", "description") if part in field)


def _untold(schema: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, field in _fields(schema):
        if str(field.get("title", "")) == "":
            yield name, "title"
        if not field.get("description"):
            yield name, "description"


def _fields(schema: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The fields of the form and of the models inside it; references by name, such as connections, are chosen and not filled in."""
    yield from cast("Mapping[str, Mapping[str, Any]]", schema.get("properties", {})).items()
    for name, model in cast("Mapping[str, Mapping[str, Any]]", schema.get("$defs", {})).items():
        if name not in ("ConnectionRef", "SecretRef"):
            for field, found in cast("Mapping[str, Mapping[str, Any]]", model.get("properties", {})).items():
                yield f"{name}.{field}", found
