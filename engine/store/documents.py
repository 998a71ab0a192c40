"""Flow documents as bytes: pure decisions, shared by all stores."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence


def document_digest(document: bytes) -> str:
    return hashlib.sha256(document).hexdigest()


def draft_tag(document: bytes) -> str:
    """The ETag of a draft: equal drafts have equal tags."""
    return hashlib.sha256(document).hexdigest()[:16]


def draft_may_be_saved(expected: str | None, held: str | None) -> bool:
    """Whether the draft is still what the editor saw; ``*`` takes whatever there is."""
    return expected in ("*", held)


def words_in(documents: Iterable[tuple[str, bytes]], words: Sequence[str]) -> dict[str, Sequence[str]]:
    """Which of the words stand in the documents, by the names of these."""
    sought = [(word, word.encode()) for word in words]
    found = {name: [word for word, text in sought if text in document] for name, document in documents}
    return {name: words for name, words in found.items() if words}
