"""Message text: sandboxed Jinja2 over plain data, with few filters and bounded output."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from typing import Any, Final
from urllib.parse import quote

from jinja2 import StrictUndefined, TemplateError, nodes
from jinja2 import Template as JinjaTemplate
from jinja2.exceptions import TemplateSyntaxError

from engine.errors import InputInvalid, NodeError, Problem
from engine.node.template_cost import MOST_ROUNDS, CountingEnvironment, TooCostly, budget
from engine.node.template_faults import why_not_filled

_ROOTS: Final = ("item", "flow")
MAX_OUTPUT: Final = 64 * 1024
MAX_TEMPLATE: Final = 8 * 1024
FILTERS: Final = (
    "upper",
    "lower",
    "title",
    "trim",
    "truncate",
    "join",
    "length",
    "first",
    "last",
    "default",
    "round",
    "replace",
    "sort",
    "sum",
)


class TextTemplate:
    """A template parsed once. With ``encoded``, values are percent-encoded for a URL.

    Raises ``InputInvalid`` with ``template.syntax`` when it cannot be parsed.
    """

    def __init__(self, text: str, *, encoded: bool = False) -> None:
        if len(text.encode()) > MAX_TEMPLATE:
            raise InputInvalid(Problem("template.too_long", fields={"limit": MAX_TEMPLATE}))
        self._template = _compiled(text, encoded)
        self._text = text

    @property
    def expects(self) -> frozenset[str]:
        """Paths of the item and the flow that are read without asking first whether they are there (``default``, ``is defined``)."""
        return _expected(self._text)

    def render(self, values: Mapping[str, Any]) -> str:
        """The text. Raises ``NodeError``: ``template.failed``, ``template.too_long``, ``template.too_costly``.

        Output is counted while it is made.
        """
        parts: list[str] = []
        size = 0
        try:
            for part in self._template.generate({**values, **budget()}):
                size += len(part)
                if size > MAX_OUTPUT:
                    break
                parts.append(part)
        except TooCostly:
            raise NodeError("template.too_costly", limit=MOST_ROUNDS) from None
        except Exception as error:  # noqa: BLE001 - whatever a template does to plain data, the item is at fault
            raise NodeError("template.failed", **why_not_filled(error, self._text)) from None
        if size > MAX_OUTPUT:
            raise NodeError("template.too_long", limit=MAX_OUTPUT)
        return "".join(parts)


@lru_cache(maxsize=2048)
def _compiled(text: str, encoded: bool) -> JinjaTemplate:
    """Kept, because the parameters of a flow are read several times over while it is checked and planned."""
    try:
        return _environment(encoded).from_string(text)
    except TemplateSyntaxError as error:
        raise InputInvalid(
            Problem("template.syntax", fields={"reason": (error.message or "").rstrip("."), "rule": "template_form", "line": error.lineno})
        ) from None
    except TemplateError:
        raise InputInvalid(Problem("template.syntax", fields={"reason": "it is no template", "rule": "template_form", "line": 1})) from None


@lru_cache(maxsize=2048)
def _expected(text: str) -> frozenset[str]:
    return frozenset(path for path in _reads(_environment(encoded=False).parse(text)) if path not in _ROOTS)


def _reads(node: nodes.Node) -> Iterator[str]:
    path = _path(node)
    if path is not None:
        yield path
        return
    if isinstance(node, nodes.If) or (isinstance(node, nodes.Filter) and node.name == "default") or isinstance(node, nodes.Test):
        return  # it asks first
    for child in node.iter_child_nodes():
        yield from _reads(child)


def _path(node: nodes.Node) -> str | None:
    """``item.receiver.city``, ``flow.constants.shop``, ``item`` itself; ``None`` for anything else."""
    if isinstance(node, nodes.Name):
        return node.name if node.name in _ROOTS else None
    if not isinstance(node, nodes.Getattr):
        return None
    before = _path(node.node)
    return None if before is None else f"{before}.{node.attr}"


@cache
def _environment(encoded: bool) -> CountingEnvironment:
    return CountingEnvironment(
        FILTERS, undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True, finalize=_percent_encoded if encoded else None
    )


def _percent_encoded(value: Any) -> Any:
    return quote(str(value), safe="")
