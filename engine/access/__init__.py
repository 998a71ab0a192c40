"""Who may do what: one place decides."""

from engine.access.permissions import ACTIONS, OWNER, SYSTEM, may, permission_of, requires

__all__ = ["ACTIONS", "OWNER", "SYSTEM", "may", "permission_of", "requires"]
