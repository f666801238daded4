"""A candidate as a sentence with its context, and as a position that is shown."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from rag.extractive.candidates import Candidate
from rag.extractive.differ.said import Said, leans
from rag.extractive.frame import quote_of
from rag.text import sentence_spans
from rag.types import DraftPosition, DraftQuote

CONTEXT = 2
"""Sentences of the same paragraph that a pronoun may refer to."""

LONGEST = 70
"""Words of a position together with what its pronoun stands for."""


def said_by(candidate: Candidate) -> Said:
    """A candidate as a sentence with its context: the sentence before it, its section, its source."""
    passage, meta = candidate.hit.passage, candidate.hit.document.metadata
    found = _said(passage.text, passage.start, passage.section, candidate.sentence.start, candidate.text)
    return replace(found, published=meta.published, speaker=" ".join(filter(None, (meta.publisher, *meta.authors))))


@lru_cache(maxsize=8192)
def _said(passage: str, offset: int, section: tuple[str, ...], start: int, text: str) -> Said:
    line = passage[passage.rfind("\n", 0, start - offset) + 1 : start - offset]
    before = [line[s:e] for s, e in sentence_spans(line)][-CONTEXT:]
    return Said(text, " ".join(before), " ".join(section[-1:]))


def position(candidate: Candidate) -> DraftPosition:
    """The sentence; where it leans on a pronoun, with the sentences before it in its paragraph."""
    quote = quote_of(candidate)
    said = said_by(candidate)
    passage = candidate.hit.passage
    if leans(said):
        at = passage.text.rfind(said.before[:40], 0, candidate.sentence.start - passage.start)
        whole = passage.text[at : candidate.sentence.end - passage.start] if at >= 0 else ""
        if 0 < len(whole.split()) <= LONGEST:
            start = passage.start + at
            quote = DraftQuote(passage_id=passage.id, quote=whole, start=start, end=candidate.sentence.end)
    return DraftPosition(document_id=candidate.document_id, claim=quote.quote, quotes=(quote,))
