"""Where the outside delivers its events."""

from designer.hooks.handler import deliver

routes = [deliver]
__all__ = ["deliver", "routes"]
