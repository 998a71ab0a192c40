"""Where the outside delivers its events."""

from designer.hooks.handler import deliver, straight

routes = [deliver]
__all__ = ["deliver", "routes", "straight"]
