"""What a person may see of a request that a step makes, by the classes of the fields that reached the step. Fails closed.

Behind a template or an expression anything may have become part of a request. So a value is shown only where it is one that may be
shown in the items too, or stands in the node's parameters; what notifiers send is made of masked data already.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, cast
from urllib.parse import parse_qsl, quote, unquote, urlencode

from pydantic import BaseModel

from engine.json_text import write_json
from engine.node.items import Item
from engine.node.params import Cel, Template
from engine.privacy.classes import DataClass, FieldClass, Kind
from engine.privacy.field_names import is_field_name, shown_keys
from engine.privacy.item import below, class_of, shown
from engine.privacy.masks import HIDDEN, mask
from engine.privacy.scrub import scrub, scrubbed
from engine.run.plan import Step

_MASKED_ALREADY: Final = "notify"
_OURS: Final = "Idempotency-Key"
_MARK: Final = re.compile(r"\{\{|\}\}|\{%|%\}")
_QUOTED: Final = re.compile(r"\"([^\"\\]*)\"|'([^'\\]*)'")


@dataclass(frozen=True)
class RequestMask:
    """For the requests of one step. ``params``: as they stand in the flow; ``classes``: of the fields that reached it with ``items``."""

    step: Step
    params: Mapping[str, Any]
    classes: Mapping[str, FieldClass]
    items: Sequence[Item] = field(repr=False)

    def __call__(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """``{method, url, headers, body}`` as a person may see it."""
        if self.step.type.family == _MASKED_ALREADY:
            return {**request, "url": scrub(request["url"]), "body": scrubbed(request["body"])}
        headers = {name: value if name == _OURS else self._word(str(value)) for name, value in request["headers"].items()}
        return {**request, "url": self._url(request["url"]), "headers": headers, "body": self._value(request["body"], "")}

    def _url(self, url: str) -> str:
        """``CONNECTION:/path?query``, part by part."""
        address, mark, query = url.partition("?")
        connection, colon, path = address.partition(":")
        parts = "/".join(self._segment(part) for part in path.split("/"))
        pairs = [(name, self._word(value)) for name, value in parse_qsl(query, keep_blank_values=True)]
        return f"{connection}{colon}{parts}{mark}{urlencode(pairs, quote_via=quote, safe='*')}"

    def _segment(self, part: str) -> str:
        plain = unquote(part)
        return part if self._word(plain) == plain else HIDDEN

    def _word(self, text: str) -> str:
        if not text or text in self._open_words or text in self._literals:
            return text
        return HIDDEN if self._by_author or self._tells(text) else text

    def _tells(self, text: str) -> bool:
        """Whether it holds something that must not be seen. Enough for nodes whose own code makes the address."""
        return scrub(text) != text or any(closed in text for closed in self._closed)

    def _value(self, value: Any, path: str) -> Any:
        declared = class_of(path, self.classes)
        if declared is not None and declared.data_class > DataClass.INTERNAL:
            return mask(value, declared.kind)
        if isinstance(value, dict):
            inner = cast("dict[str, Any]", value)
            keys = shown_keys(inner, self._names)
            return {keys[key]: self._value(child, below(path, key)) for key, child in inner.items()}
        if isinstance(value, list):
            return [self._value(child, f"{path}[]") for child in cast("list[Any]", value)]
        is_open = declared is not None and not self._by_author if isinstance(value, bool) else write_json(value) in self._open
        if value is None or is_open:
            return value
        return value if isinstance(value, str) and value in self._literals else mask(value, Kind.OPAQUE)

    def _names(self, key: str) -> bool:
        """Whether a key is the name of a field. An author's expression can make keys of data: there it must be known as one."""
        if self._by_author and key not in self._known_keys:
            return False
        return is_field_name(key) or (key in self._literals and scrub(key) == key)

    @cached_property
    def _known_keys(self) -> frozenset[str]:
        return self._literals.union(_keys([*self.items, dict(self.params)]))

    @cached_property
    def _open(self) -> frozenset[bytes]:
        """The values that may be shown, as JSON, so that 1 and "1" are told apart."""
        kept = [shown(item, self.classes) for item in self.items]
        return frozenset(write_json(leaf) for leaf in _leaves([*kept, dict(self.params)]))

    @cached_property
    def _open_words(self) -> frozenset[str]:
        """The same as they stand in an address."""
        return frozenset(text.decode().strip('"') for text in self._open)

    @cached_property
    def _closed(self) -> frozenset[str]:
        whole = {leaf for leaf in _leaves(list(self.items)) if isinstance(leaf, str) and len(leaf) > 1}
        return frozenset(whole - self._open_words)

    @cached_property
    def _literals(self) -> frozenset[str]:
        """What the author wrote: whole parameters without places, the steps of a path between places, and the texts in expressions."""
        written = [leaf for leaf in _leaves(dict(self.params)) if isinstance(leaf, str)]
        parts = {part for text in written for part in (text, *text.split("/")) if not _MARK.search(part)}
        return frozenset(parts.union(*({one or other for one, other in _QUOTED.findall(text)} for text in written)))

    @cached_property
    def _by_author(self) -> bool:
        return any(isinstance(value, (Cel, Template)) for value in _parts(self.step.params))


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, (dict, list)):
        inner: Any = value.values() if isinstance(value, dict) else value  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        for child in inner:
            yield from _leaves(child)
    else:
        yield value


def _keys(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from cast("dict[str, Any]", value)
    inner: Any = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    for child in inner:
        yield from _keys(child)


def _parts(value: Any) -> Iterator[Any]:
    """Everything in parameters as the node gets them."""
    if isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _parts(getattr(value, name))
    elif isinstance(value, (dict, list, tuple)):
        inner: Any = value.values() if isinstance(value, dict) else value  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        for child in inner:
            yield from _parts(child)
    else:
        yield value
