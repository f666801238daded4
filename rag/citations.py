"""Finds each claimed quote in the stored text, to the character, and numbers the citations."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote as url_quote

from rag.text import find_folded, fold
from rag.types import Citation, DocumentInfo, DraftQuote, Hit, Passage

MIN_QUOTE = 12
"""Shortest quote in characters: shorter ones ("the US") prove nothing about a sentence."""


@dataclass(frozen=True, slots=True)
class Located:
    """A quote found: the passage it was claimed from, and its span in the document text."""

    passage: Passage
    document: DocumentInfo
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class NotFound:
    """A quote that could not be proved, with the reason."""

    reason: str


class QuoteFinder:
    """Locates quotes in the passages that a writer was given; nothing else may be cited."""

    def __init__(self, hits: tuple[Hit, ...], text_of: Callable[[str], str]) -> None:
        self._hits: Mapping[str, Hit] = {h.passage.id: h for h in hits}
        self._text_of = text_of

    def locate(self, claimed: DraftQuote) -> Located | NotFound:
        """The stored words for a claimed quote, snapped after the declared normalisation.

        A quote is looked for in the passage it names, then in the rest of the same document; a passage
        the writer was not given is an unknown source, whatever it says.
        """
        hit = self._hits.get(claimed.passage_id)
        if hit is None:
            return NotFound(f"unknown source {claimed.passage_id!r}")
        text = self._text_of(hit.passage.document_id)
        span = self._span(claimed, hit.passage, text)
        if span is None:
            return NotFound(f"the words {claimed.quote[:80]!r} are not in {hit.passage.document_id!r}")
        start, end = span
        return Located(hit.passage, hit.document, start, end, text[start:end])

    def _span(self, claimed: DraftQuote, passage: Passage, text: str) -> tuple[int, int] | None:
        if claimed.start is not None and claimed.end is not None:
            exact = text[claimed.start : claimed.end]
            return (claimed.start, claimed.end) if exact and exact == claimed.quote else None
        wanted = claimed.quote.strip()
        if len(wanted) < MIN_QUOTE:
            return None
        inside = find_folded(fold(passage.text), wanted)
        if inside:
            return passage.start + inside[0], passage.start + inside[1]
        return find_folded(fold(text), wanted)


@dataclass(slots=True)
class Numbering:
    """Gives each distinct quote of an answer its number, from 1, in order of first use."""

    _numbers: dict[tuple[str, int, int], int] = field(default_factory=dict)
    citations: list[Citation] = field(default_factory=list)

    def number(self, located: Located) -> int:
        """The number of a located quote; a new citation when it is new."""
        key = (located.document.id, located.start, located.end)
        if key not in self._numbers:
            self._numbers[key] = len(self.citations) + 1
            self.citations.append(make_citation(located, len(self.citations) + 1))
        return self._numbers[key]


def make_citation(located: Located, number: int) -> Citation:
    """The citation of a located quote."""
    document, passage, meta = located.document, located.passage, located.document.metadata
    return Citation(
        number=number,
        id=citation_id(document, located.start, located.end),
        document_id=document.id,
        title=meta.title,
        authors=meta.authors,
        publisher=meta.publisher,
        published=meta.published,
        section=passage.section,
        page=passage.page,
        passage_id=passage.id,
        quote=located.text,
        start=located.start,
        end=located.end,
        url=citation_url(document.id, located.start, located.end),
        document_sha256=document.sha256,
    )


def citation_id(document: DocumentInfo, start: int, end: int) -> str:
    """Stable: the same words of the same version of a document always have the same id."""
    key = f"{document.id}\0{document.sha256}\0{start}\0{end}".encode()
    return "c-" + hashlib.sha256(key).hexdigest()[:16]


def citation_url(document_id: str, start: int, end: int) -> str:
    """Path of the reader page, opened at the quote."""
    return f"/documents/{url_quote(document_id, safe='')}?start={start}&end={end}"
