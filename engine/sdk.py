"""The door for nodes and plugins: re-exports, defines nothing."""

from engine.errors import InputInvalid, NodeError, Problem
from engine.json_text import canonical_json, digest, read_json, write_json
from engine.node.context import Context, HttpAnswer, HttpCall, HubOutcome, Judge, Mail, Verdict, by_status
from engine.node.declare import batch_node, effect_node, node, trigger
from engine.node.examples import Example
from engine.node.items import Item, Made, Scope, Sent
from engine.node.params import (
    Cel,
    Condition,
    ConnectionRef,
    Money,
    NonEmpty,
    OfType,
    Params,
    Path,
    PlainPath,
    SecretRef,
    Template,
    UrlTemplate,
)
from engine.node.paths import MISSING, change, drop, get, put
from engine.node.ports import ORDER, Effect, Port, adds, passes, replaces, unknown
from engine.node.triggers import Arrival, Delivery
from engine.node.types import NodeType
from engine.privacy.classes import DataClass, FieldClass, Kind, field_classes
from engine.privacy.masks import mask

__all__ = [
    "MISSING", "ORDER", "Arrival", "Cel", "Condition", "ConnectionRef", "Context", "DataClass", "Delivery", "Effect", "Example",
    "FieldClass", "HttpAnswer", "HttpCall", "HubOutcome", "InputInvalid", "Item", "Judge", "Kind", "Made", "Mail", "Money",
    "NodeError", "NodeType", "NonEmpty", "OfType", "Params", "Path", "PlainPath", "Port", "Problem", "Scope", "SecretRef", "Sent",
    "Template", "UrlTemplate", "Verdict", "adds", "batch_node", "by_status", "canonical_json", "change", "digest", "drop",
    "effect_node", "field_classes", "get", "mask", "node", "passes", "put", "read_json", "replaces", "trigger", "unknown",
    "write_json",
]  # fmt: skip
