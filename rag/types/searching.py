"""What is searched for, and what is found."""

from __future__ import annotations

from dataclasses import dataclass

from rag.types.documents import DocumentInfo, Passage


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Narrows a search.  Empty tuples and None mean no restriction.

    ``published_after``/``published_before`` are inclusive ISO dates of any precision; a document
    without a date never matches a date filter.
    """

    documents: tuple[str, ...] = ()
    publishers: tuple[str, ...] = ()
    published_after: str | None = None
    published_before: str | None = None
    language: str | None = None

    @property
    def empty(self) -> bool:
        """True when nothing is restricted."""
        return self == Filters()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A passage found, best first.  ``score`` is only comparable within one search.

    ``lexical_rank``/``dense_rank`` are 1-based ranks in the two lists that were fused (None: absent).
    """

    passage: Passage
    document: DocumentInfo
    score: float
    lexical_rank: int | None = None
    dense_rank: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """Hits with what the reader should know about how they were found."""

    query: str
    hits: tuple[Hit, ...]
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One earlier exchange of a conversation."""

    question: str
    answer: str
    standalone_question: str | None = None
