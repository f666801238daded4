"""The library as a list: what is searched, filtered and sorted, and what the form offers.  Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Annotated, Any

from fastapi import Depends

from rag.labels import source_name
from rag.text import fold
from rag.types import DocumentInfo

SORTS: dict[str, Callable[[DocumentInfo], Any]] = {
    "title": lambda d: d.metadata.title.casefold(),
    "source": lambda d: source_name(d.metadata).casefold(),
    "published": lambda d: d.metadata.published or "",
    "language": lambda d: d.metadata.language or "",
    "format": lambda d: d.format,
    "pages": lambda d: d.pages or 0,
    "added": lambda d: d.ingested_at,
}


@dataclass(frozen=True, slots=True)
class ShelfView:
    """What of the library is looked at; ``since`` and ``until`` are years, months or days, inclusive."""

    q: str = ""
    publisher: str = ""
    language: str = ""
    format: str = ""
    since: str = ""
    until: str = ""
    sort: str = "title"
    order: str = "asc"

    def query(self, **changes: str) -> dict[str, str]:
        """The address's query with some values changed; empty ones are left out."""
        return {k: v for k, v in {**asdict(self), **changes}.items() if v}

    @property
    def narrowed(self) -> bool:
        """Whether anything is filtered."""
        return any((self.q, self.publisher, self.language, self.format, self.since, self.until))


def from_query(
    q: str = "",
    publisher: str = "",
    language: str = "",
    format: str = "",
    since: str = "",
    until: str = "",
    sort: str = "title",
    order: str = "asc",
) -> ShelfView:
    """The view out of an address; an unknown sort is by title."""
    key = sort if sort in SORTS else "title"
    direction = "desc" if order == "desc" else "asc"
    return ShelfView(q, publisher, language, format, since.strip(), until.strip(), key, direction)


ShelfQuery = Annotated[ShelfView, Depends(from_query)]


def shown(documents: Sequence[DocumentInfo], view: ShelfView) -> list[DocumentInfo]:
    """The reports that pass the filters, in order; ties by id."""
    found = sorted((d for d in documents if _passes(d, view)), key=lambda d: d.id)
    return sorted(found, key=SORTS[view.sort], reverse=view.order == "desc")


def _passes(document: DocumentInfo, view: ShelfView) -> bool:
    meta = document.metadata
    words = (document.id, meta.title, meta.publisher or "", *meta.authors, meta.published or "")
    text = fold(" ".join(words)).text
    return (
        all(word in text for word in fold(view.q).text.split())
        and view.publisher in ("", meta.publisher)
        and view.language in ("", meta.language)
        and view.format in ("", document.format)
        and _within(meta.published, view.since, view.until)
    )


def _within(published: str | None, since: str, until: str) -> bool:
    """Dates of any precision, compared as far as both are precise; no date passes no date filter."""
    if not since and not until:
        return True
    if not published:
        return False
    early = bool(since) and published[: len(since)] < since[: len(published)]
    late = bool(until) and published[: len(until)] > until
    return not early and not late


def offered(documents: Sequence[DocumentInfo]) -> dict[str, list[str]]:
    """The values that the filters offer."""
    return {
        "publishers": sorted({d.metadata.publisher for d in documents if d.metadata.publisher}),
        "languages": sorted({d.metadata.language for d in documents if d.metadata.language}),
        "formats": sorted({d.format for d in documents}),
    }
