"""The place of hooks in the framework's application, which the service passes by."""

from __future__ import annotations

from litestar.handlers import asgi
from litestar.types import Receive, Scope, Send

from designer.hooks.handler import MOUNT, answer


@asgi(MOUNT, is_mount=True, copy_scope=False, opt={"permission": "hook.deliver"})
async def deliver(scope: Scope, receive: Receive, send: Send) -> None:
    """See ``handler``."""
    state = scope["litestar_app"].state
    await answer(state.orderloom, state.deliveries, scope, receive, send)
