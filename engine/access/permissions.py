"""Permissions. For now a single owner may do everything; hooks are open to senders, whose signature their trigger checks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

OWNER: Final = "owner"
SYSTEM: Final = "system"
ANYONE: Final = "anyone"

ACTIONS: Final[Mapping[str, str]] = {
    "hook.deliver": "Deliver events to a hook",
    "health.read": "See that the service is up",
    "page.enter": "Sign in",
    "flow.read": "See flows",
    "flow.write": "Change drafts",
    "flow.publish": "Publish flows",
    "flow.run": "Run flows by hand",
    "node.read": "See node types",
    "node.write": "Create node packages",
    "run.read": "See runs",
    "run.write": "Cancel runs and resume incidents",
    "event.read": "See events",
    "event.erase": "Erase events",
    "incident.read": "See incidents",
    "incident.mend": "Mend incidents",
    "alarm.read": "See alarms",
    "alarm.write": "Acknowledge alarms and change their rules",
    "contract.read": "See the forms of what channels send",
    "contract.write": "Accept changed forms and let held calls go",
    "recording.read": "See recordings of traffic",
    "recording.write": "Record traffic, and delete recordings",
    "path.write": "Change the present way, expected times and the system register",
    "order.read": "See orders",
    "order.reconcile": "Reconcile orders",
    "call.read": "See calls",
    "order.release": "Release held orders",
    "rules.read": "See cleansing rules",
    "rules.write": "Change cleansing rules",
    "stock.write": "Set limits of stock",
    "connection.read": "See connections",
    "connection.write": "Change connections",
    "task.read": "See tasks",
    "task.answer": "Answer tasks",
    "signal.send": "Send a signal to a waiting run",
    "audit.read": "See the audit log",
    "service.run": "Run the service",
}
_OPEN: Final = frozenset({"hook.deliver", "signal.send", "health.read", "page.enter"})
_MARK: Final = "__orderloom_permission__"
F = TypeVar("F", bound=Callable[..., Any])


def may(actor: str, action: str, resource: str) -> bool:
    """Whether ``actor`` may do ``action`` to ``resource`` (such as ``flow:order_hub``). Unknown actions are
    refused, and so is anything done to nothing."""
    if action not in ACTIONS or not resource:
        return False
    return action in _OPEN or actor in (OWNER, SYSTEM)


def requires(action: str) -> Callable[[F], F]:
    """Declares the permission that a command needs; a test fails for a command without one."""
    if action not in ACTIONS:
        raise ValueError(action)

    def mark(function: F) -> F:
        setattr(function, _MARK, action)
        return function

    return mark


def permission_of(function: Any) -> str | None:
    """The declared permission of a command."""
    return getattr(function, _MARK, None)
