"""Hands runnable runs to work: events of one order one after the other (rule R5), the others side by side within a limit."""

from engine.dispatch.dispatcher import Dispatcher
from engine.dispatch.hindrance import hindrance
from engine.dispatch.lane import holds, may_hold
from engine.dispatch.port import Dispatch, Load

__all__ = ["Dispatch", "Dispatcher", "Load", "hindrance", "holds", "may_hold"]
