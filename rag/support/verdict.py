"""What the checker is given and what it says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rag.types import Metadata

Similarity = Callable[[str, str], float]
"""Meaning similarity of two texts, from -1 to 1 (a cosine)."""


UNKNOWN = Metadata(title="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A quote and what is known of the document it stands in.

    ``context`` is the whole sentence (or sentences) that hold the quote, as stored; without it the
    quote is taken to be complete.  ``section`` is the heading path: a heading may name what its text
    calls "the mission".
    """

    quote: str
    metadata: Metadata = UNKNOWN
    context: str | None = None
    section: tuple[str, ...] = ()
    document_id: str = ""

    @property
    def published(self) -> str | None:
        """ISO date of the document, of any precision."""
        return self.metadata.published

    @property
    def label(self) -> str:
        """Everything the document calls itself, in one string, for matching a frame's name."""
        m = self.metadata
        parts = [m.publisher, *m.authors, m.title, m.series, m.translator, self.document_id]
        return " | ".join(p for p in parts if p)


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportVerdict:
    """``supported`` is true when there is no problem; ``score`` from 0 to 1 is for ranking only."""

    supported: bool
    score: float
    problems: tuple[str, ...] = ()
