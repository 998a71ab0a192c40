"""What an execution made, place by place: requests, ends, items that were dropped, parked or left waiting, and how a node ended it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple

from engine.errors import Problem
from engine.json_text import canonical_json, read_kept, write_json
from engine.node.items import Item
from engine.privacy.item import mask_item
from engine.privacy.scrub import scrub
from engine.run.execution import Execution
from engine.run.masked_request import RequestMask
from engine.run.past import Asking
from engine.run.plan import Step
from engine.run.shown import request_json
from engine.run.view import classes_at, told

What = Literal["trigger", "request", "end", "dropped", "parked", "waiting", "ended"]
Content = Asking | Item | Problem | str


class Place(NamedTuple):
    """Where something was made: the node, the item, and which one of several (the number of a call, the port of an end)."""

    step: str
    what: What
    item: str
    detail: str = ""

    def __str__(self) -> str:
        if self.what == "trigger":
            return f"{self.step}.trigger"
        kind = f"{self.what}.{self.detail}" if self.what == "end" else self.what
        again = f".{self.detail}" if self.what == "request" and self.detail != "1" else ""
        return f"{self.step}.{kind}[{self.item}]{again}"


Made = Mapping[Place, Content]


def made(execution: Execution, asked: Iterable[Asking]) -> dict[Place, Content]:
    """Everything that an execution made. An ``end`` is an item that left by a port without a wire."""
    found: dict[Place, Content] = {Place(one.slug, "request", one.key, str(one.call)): one for one in asked}
    for step, result in zip(execution.plan.steps, execution.results, strict=True):
        if result is None:
            continue
        for port, sent in result.outputs.items():
            if port not in step.wired:
                found.update({Place(step.slug, "end", key, port): item for key, item in sent})
        found.update({Place(step.slug, "dropped", key): "dropped" for key, _ in result.dropped})
    found.update({Place(one.slug, "parked", one.key): one.problem for one in execution.parked})
    found.update({Place(one.slug, "waiting", one.key): "waiting" for one in execution.waiting})
    if (ending := execution.ending) is not None:
        found[Place(ending.step, "ended", ending.key)] = scrub(f"{ending.state}: {ending.reason}")
    return found


def alike(left: Content, right: Content) -> bool:
    """Whether two contents of the same place are the same, whatever the order of keys."""
    if isinstance(left, Asking) and isinstance(right, Asking):
        return left.digest == right.digest
    return canonical_json(_plain(left)) == canonical_json(_plain(right))


class Shower:
    """Contents of one execution as plain JSON, and as a person may see them: masked by the classes of the fields at their place."""

    def __init__(self, execution: Execution) -> None:
        self._execution = execution
        self._masks: dict[str, RequestMask] = {}

    def show(self, place: Place, content: Content) -> tuple[Any, Any]:
        """As it is, and as it may be seen. Both have the same form as far as the second is not hidden whole."""
        plain = _plain(content)
        if isinstance(content, Asking):
            return plain, self._mask(self._execution.plan.by_slug[content.slug])(plain)
        if isinstance(content, (Problem, str)):
            return plain, _plain(told(content)) if isinstance(content, Problem) else plain
        return plain, mask_item(content, classes_at(self._execution.plan, place.step, place.detail))

    def _mask(self, step: Step) -> RequestMask:
        found = self._masks.get(step.slug)
        if found is None:
            plan = self._execution.plan
            items = [item for _, item in self._execution.inputs[step.index]]
            found = RequestMask(step, plan.flow.nodes[step.slug].params, classes_at(plan, step.slug, "in"), items)
            self._masks[step.slug] = found
        return found


def _plain(content: Content) -> Any:
    if isinstance(content, Asking):
        return request_json(content.request)
    if isinstance(content, Problem):
        return read_kept(write_json({"code": content.code, "where": content.where, "fields": dict(content.fields)}))
    return content
