"""What is left after many orders: memory of the process, bytes of the journal."""

from __future__ import annotations

import argparse
import sqlite3
from contextlib import ExitStack, closing
from pathlib import Path

import servers
from figures import Figure
from orders import body

FIRST = 5_000_000
SAMPLE = 500


def measure(options: argparse.Namespace) -> list[Figure]:
    """One server takes all orders; the tables are measured after it has ended."""
    with ExitStack() as stack:
        server = servers.engine(servers.folder(stack))
        early = server.load(orders=options.kept // 10, first=FIRST, in_flight=64)["memory_mb"]
        late = server.load(orders=options.kept - options.kept // 10, first=FIRST + options.kept // 10, in_flight=64)["memory_mb"]
        server.end()
        kept = sum(_bytes_in(Path(server.folder, "data", name)) for name in ("orderloom.db", "keys.db")) / options.kept
    raw = sum(len(body(FIRST + number)) for number in range(SAMPLE)) / SAMPLE
    return [
        Figure(f"memory after {options.kept:,} orders", late, "MB", 200, 120),
        Figure("memory then ÷ after a tenth of them", late / early, "×", 1.1),
        Figure("bytes kept an order", kept, "B", note=f"tables and indexes after a checkpoint, keys too; a raw order has {raw:,.0f} B"),
        Figure("bytes kept ÷ raw bytes", kept / raw, "×", 0.9, 0.5),
    ]


def _bytes_in(file: Path) -> int:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        pages, size, free = (connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size", "freelist_count"))
        return (pages - free) * size
