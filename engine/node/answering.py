"""What a hook answers instead of the usual ``{"event", "duplicate"}``: declared beside its trigger, made from the event alone."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final, Self

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from engine.errors import Problem
from engine.node.params import Cel, Params, Template

MAX_ANSWER: Final = 64 * 1024
"""Bytes of a body."""
BODILESS: Final = (204, 205)
_OURS: Final = {
    "connection", "content-length", "content-security-policy", "date", "keep-alive", "proxy-authenticate", "proxy-authorization",
    "proxy-connection", "set-cookie", "set-cookie2", "te", "trailer", "transfer-encoding", "upgrade", "x-content-type-options",
}  # fmt: skip
"""Of one connection only (RFC 9110, 7.6.1), of the server's own safety, or of the people who use its pages."""
_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")


def _own(name: str) -> str:
    if not _TOKEN.fullmatch(name) or name.lower() in _OURS:
        raise PydanticCustomError(
            "orderloom", "{what}", {"what": name[:60], "problem": Problem("hook_answer.header", (), {"name": name[:60]})}
        )
    return name


HeaderName = Annotated[str, AfterValidator(_own)]
HeaderText = Annotated[str, StringConstraints(pattern=r"^([!-~]([ -~]*[!-~])?)?$", max_length=500)]
"""Visible ASCII, so nothing that could begin another header."""


class Answer(Params):
    """``body`` and ``text`` see ``item``, ``event`` and ``flow``; never what the run comes to, which does not exist yet."""

    status: int = Field(default=200, ge=200, le=299, title="Status code", description="200 to 299: the event is accepted by then.")
    headers: dict[HeaderName, HeaderText] = Field(
        default_factory=dict[str, str], max_length=20, title="Headers", description="Such as Content-Type: application/xml. Fixed texts."
    )
    body: Cel | None = Field(default=None, title="Body as JSON", description='An expression such as {"code": "SUCCESS", "id": item.id}.')
    text: Template | None = Field(
        default=None, title="Body as text", description="Text with places such as {{ item.id }}, instead of JSON."
    )

    @model_validator(mode="after")
    def _one_body(self) -> Self:
        if self.body is not None and self.text is not None:
            raise _fault("hook_answer.two_bodies")
        if self.status in BODILESS and (self.body is not None or self.text is not None):
            raise _fault("hook_answer.no_body", status=self.status)
        return self


def _answer_last(schema: dict[str, Any]) -> None:
    """In forms and documentation what the trigger itself needs comes first."""
    schema["properties"]["answer"] = schema["properties"].pop("answer")


class HookParams(Params):
    """Base of the parameters of triggers that start by a hook."""

    model_config = ConfigDict(json_schema_extra=_answer_last)

    answer: Answer | None = Field(
        default=None,
        title="Own answer",
        description="What the sender is answered once the event is kept. Empty: the event's number and whether it was known.",
    )


def _fault(code: str, **fields: int) -> PydanticCustomError:
    return PydanticCustomError("orderloom", "{what}", {"what": code, "problem": Problem(code, (), fields)})
