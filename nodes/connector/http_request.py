"""HTTP request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from engine.sdk import (
    Cel,
    ConnectionRef,
    Context,
    Example,
    HttpAnswer,
    HttpCall,
    Item,
    Judge,
    NodeError,
    OfType,
    Params,
    PlainPath,
    Template,
    UrlTemplate,
    Verdict,
    by_status,
    effect_node,
    unknown,
)
from nodes.transform.writing import put_at


def _unless_empty(path: Any) -> Any:
    """An emptied text field of a form means that nothing is kept, as ``null`` does."""
    return None if path == "" else path


class HttpRequest(Params):
    service: Annotated[ConnectionRef, OfType(("http",))] = Field(
        title="Service", description="The connection with the address and the secrets of the service."
    )
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] = Field(
        default="POST", title="Method", description="What is asked: GET reads, the others change something."
    )
    path: UrlTemplate | None = Field(
        default=None,
        title="Path",
        description="Added to the address of the service, such as /orders/{{ item.id }}. Values are encoded for the URL.",
    )
    query: dict[str, Template] = Field(
        default_factory=dict, title="Query", description="Parameters behind the question mark, each a template."
    )
    body: Cel | None = Field(
        default=None,
        title="Body",
        description="An expression for the JSON body. Empty: the item itself. GET and DELETE send no body unless one is given.",
    )
    into: Annotated[PlainPath | None, BeforeValidator(_unless_empty)] = Field(
        default="answer",
        title="Answer field",
        description="The field that gets the answer: its status and its body. Empty: the answer is not kept.",
    )
    ok: tuple[Annotated[int, Field(ge=100, le=599)], ...] = Field(
        default=(),
        title="Further good statuses",
        description="Statuses besides 2xx that count as success, such as 404 where something may be absent.",
    )


@effect_node(
    "connector.http_request",
    version=1,
    label="HTTP request",
    reads=("params.path", "params.query", "params.body"),
    writes=("params.into",),
    outputs={"out": unknown()},
    icon="globe",
    examples=(
        Example(
            {"service": {"connection": "stock"}, "method": "GET", "path": "/stock/{{ item.sku }}", "query": {"warehouse": "{{ item.wh }}"}},
            [{"sku": "A/1", "wh": "W1"}],
            {"out": [{"sku": "A/1", "wh": "W1", "answer": {"status": 200, "body": {"free": 7}}}]},
            answers=({"status": 200, "body": {"free": 7}},),
            requests=({"method": "GET", "path": "/stock/A%2F1", "query": {"warehouse": "W1"}},),
            title="Ask for stock",
        ),
        Example(
            {"service": {"connection": "erp"}, "path": "/orders", "body": '{"no": item.id, "source": "orderloom"}', "into": None},
            [{"id": "1"}],
            {"out": [{"id": "1"}]},
            answers=({"status": 202, "body": None},),
            requests=({"method": "POST", "path": "/orders", "json": {"no": "1", "source": "orderloom"}},),
            title="Send a body of one's own",
        ),
        Example(
            {"service": {"connection": "stock"}, "method": "GET", "path": "/stock/x", "ok": [404]},
            [{}],
            {"out": [{"answer": {"status": 404, "body": None}}]},
            answers=({"status": 404, "body": None},),
            title="Absent is an answer too",
        ),
        Example(
            {"service": {"connection": "stock"}, "path": "/{{ item.id }}"},
            [{"id": ".."}],
            problem="http.bad_path",
            title="A value cannot lead out of the path",
        ),
    ),
)
async def http_request(item: Item, params: HttpRequest, context: Context) -> Item:
    """Sends a request to a service for each item and keeps the answer in the item.

    Every request carries an Idempotency-Key: after a crash it is sent again with the same key, and a service that honours it does
    nothing twice.
    """
    values = {"item": item, "event": context.scope.event, "flow": context.scope.flow}
    call = HttpCall(
        params.method,
        _path(params.path, values),
        {name: template.render(**values) for name, template in params.query.items()},
        json=_body(item, params, context),
    )
    answer = await context.http(params.service, call, _also(params.ok))
    return item if params.into is None else put_at(item, params.into, {"status": answer.status, "body": answer.body})


def _path(template: UrlTemplate | None, values: Mapping[str, Any]) -> str:
    """Raises ``NodeError`` with ``http.bad_path`` where the path does not begin with a slash or would lead elsewhere."""
    path = "" if template is None else template.render(**values).strip()
    parts = path.split("/")
    if path and (parts[0] or any(part in (".", "..") for part in parts) or any(mark in path for mark in "?#\\") or path.startswith("//")):
        raise NodeError("http.bad_path", path="path")
    return path


def _body(item: Item, params: HttpRequest, context: Context) -> Any:
    if params.body is not None:
        return params.body.json(item, context.scope)
    return None if params.method in ("GET", "DELETE") else item


def _also(statuses: tuple[int, ...]) -> Judge:
    def judge(answer: HttpAnswer) -> Verdict:
        return "done" if answer.status in statuses else by_status(answer)

    return judge
