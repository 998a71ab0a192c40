"""What moves: snapshots of the running engine, for pages and programs that watch."""

from designer.live.feed import Snapshot, snapshot, snapshots
from designer.live.stream import router

__all__ = ["Snapshot", "router", "snapshot", "snapshots"]
