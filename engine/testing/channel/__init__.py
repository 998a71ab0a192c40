"""The kit of which the simulated channels are made.

class MyShop(ChannelSimulator):
    channel = "my_shop"
    states = {"paid": ("shipped", "cancelled"), "shipped": (), "cancelled": ()}
"""

from __future__ import annotations

from engine.testing.channel.behaviour import Behaviour
from engine.testing.channel.faults import CallFaults, Failure, PushFault, PushFaults
from engine.testing.channel.goods import Goods, Listing, Variant
from engine.testing.channel.orders import KeptOrder, KeptOrders
from engine.testing.channel.pushes import Push, Pusher, Sent, Sign
from engine.testing.channel.server import ChannelSimulator
from engine.testing.channel.sockets import SocketPusher
from engine.testing.channel.tokens import TokenDesk

__all__ = [
    "Behaviour",
    "CallFaults",
    "ChannelSimulator",
    "Failure",
    "Goods",
    "KeptOrder",
    "KeptOrders",
    "Listing",
    "Push",
    "PushFault",
    "PushFaults",
    "Pusher",
    "Sent",
    "Sign",
    "SocketPusher",
    "TokenDesk",
    "Variant",
]
