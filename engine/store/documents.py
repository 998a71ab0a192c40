"""Flow documents as bytes: pure decisions, shared by all stores."""

from __future__ import annotations

import hashlib


def document_digest(document: bytes) -> str:
    return hashlib.sha256(document).hexdigest()


def draft_tag(document: bytes) -> str:
    """The ETag of a draft: equal drafts have equal tags."""
    return hashlib.sha256(document).hexdigest()[:16]


def draft_may_be_saved(expected: str | None, held: str | None) -> bool:
    """Whether the draft is still what the editor saw; ``*`` takes whatever there is."""
    return expected in ("*", held)
