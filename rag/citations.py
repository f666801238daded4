"""Finds each claimed quote in the stored text, to the character, and numbers the citations."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import quote as url_quote

from rag.text import find_folded, fold
from rag.types import Citation, DocumentInfo, DraftQuote, Hit, Passage

MIN_QUOTE = 12
"""Shortest quote in characters: shorter ones ("the US") prove nothing about a sentence."""
_INNER = ".,:/"
"""Marks that stand inside numbers."""


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
        self._hits: dict[str, Hit] = {h.passage.id: h for h in hits}
        self._text_of = text_of

    def admit(self, hits: tuple[Hit, ...]) -> None:
        """Lets further passages be cited."""
        self._hits.update({h.passage.id: h for h in hits})

    def locate(self, claimed: DraftQuote) -> Located | NotFound:
        """The stored words for a claimed quote, snapped after the declared normalisation.

        A quote is looked for in the passage it names, then in the other passages of the same document
        that the writer was given, then across their borders; the citation names the passage in which it
        begins.  A passage the writer was not given is an unknown source, whatever it says.  A quote that
        is cut inside a word or a number (``killed 5`` of ``killed 5,000``) gets the rest of it.
        """
        hit = self._hits.get(claimed.passage_id)
        if hit is None:
            return NotFound(f"unknown source {claimed.passage_id!r}")
        text = self._text_of(hit.passage.document_id)
        if claimed.start is not None and claimed.end is not None:
            inside = 0 <= claimed.start < claimed.end and text[claimed.start : claimed.end] == claimed.quote
            found = (hit.passage, claimed.start, claimed.end) if inside else None
        else:
            found = self._search(claimed.quote.strip(), hit.passage, text)
        if found is None:
            return NotFound(f"the words {claimed.quote[:80]!r} are not in {hit.passage.document_id!r}")
        passage, start, end = found
        return Located(passage, hit.document, start, end, text[start:end])

    def _search(self, wanted: str, named: Passage, text: str) -> tuple[Passage, int, int] | None:
        if len(wanted) < MIN_QUOTE:
            return None
        shown = [h.passage for h in self._hits.values() if h.passage.document_id == named.document_id]
        for passage in (named, *(p for p in shown if p.id != named.id)):
            span = find_folded(fold(passage.text), wanted)
            if span:
                return (passage, *whole_words(text, passage.start + span[0], passage.start + span[1]))
        span = find_folded(fold(text), wanted)
        if span is None:
            return None
        start, end = whole_words(text, *span)
        begins = next((p for p in shown if p.start <= start < p.end), None)
        ends = any(p.start < end <= p.end for p in shown)
        return (begins, start, end) if begins and ends else None


def whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    """The span, widened to the ends of the words and numbers it cuts into.

    >>> whole_words("They killed 5,000 men.", 5, 13)
    (5, 17)
    """
    while _splits(text, start):
        start -= 1
    while _splits(text, end):
        end += 1
    return start, end


def _splits(text: str, at: int) -> bool:
    """Whether a cut before the character at ``at`` goes through a word or a number."""
    if not 0 < at < len(text):
        return False
    before, after = text[at - 1], text[at]
    if after.isalnum() or unicodedata.combining(after):
        if before.isalnum() or unicodedata.combining(before):
            return True
        return before in _INNER and after.isdigit() and text[max(at - 2, 0)].isdigit()
    return after in _INNER and before.isdigit() and text[at + 1 : at + 2].isdigit()


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
