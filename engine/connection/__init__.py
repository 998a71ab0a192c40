"""Connections: addresses and secrets of outside systems, and the guarded ways to call them.

Importing the package registers the built-in connection types; plugins add theirs with ``connection_type``.
"""

from engine.connection import channels, couriers, mail_server, robots, servers, targets

__all__ = ["channels", "couriers", "mail_server", "robots", "servers", "targets"]
