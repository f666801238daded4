"""A source against its own note: what a sentence dates later than the publication it cites for it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date

from rag.extractive.candidates import Candidate
from rag.extractive.differ.said import content
from rag.extractive.frame import quote_of
from rag.support.names import MONTHS, dates
from rag.types import Document, DraftDisagreement, DraftPosition, DraftQuote, Note, PassageKind

LOOKED_AT = 8
"""Best sentences whose notes are read."""
NEAR = 60
"""Days by which the publication may come before the event; more, and it speaks of something else."""
SHARED = 2
"""Content words that sentence and note must share."""

_CITED = re.compile(r"\(((?:19|20)\d{2}),\s+([A-Z][a-z]+)\.?\s+(\d{1,2})\)")
"""The date of a reference in the author-date style: ``(2024, February 10)``."""


def against_own_note(
    ranked: Sequence[Candidate], document: Callable[[str], Document]
) -> list[DraftDisagreement]:
    """Sentences that report an event after the day on which the publication they cite for it came out."""
    for candidate in ranked[:LOOKED_AT]:
        told = _days(candidate.text)
        if len(told) != 1:
            continue
        source = document(candidate.document_id)
        line = source.text.find("\n", candidate.sentence.end)
        ends = line if line >= 0 else len(source.text)
        for note in source.notes:
            if note.anchor is None or not candidate.sentence.start <= note.anchor <= ends:
                continue  # its mark stands in the same paragraph, no earlier than the sentence
            words = source.text[note.start : note.end]
            cited = _cited(words)
            if cited is None or not 0 < (told[0] - cited).days <= NEAR:
                continue
            if len(content(words) & content(candidate.text)) >= SHARED and (quote := _quote(ranked, note, words)):
                return [_draft(candidate, quote)]
    return []


def _days(text: str) -> list[date]:
    """Whole dates of a sentence."""
    found = []
    for d in dates(text):
        if d.year and d.month and d.day:
            try:
                found.append(date(d.year, d.month, d.day))
            except ValueError:
                continue
    return found


def _cited(words: str) -> date | None:
    match = _CITED.search(words)
    month = MONTHS.get(match[2].lower()) if match else None
    if not match or not month:
        return None
    try:
        return date(int(match[1]), month, int(match[3]))
    except ValueError:
        return None


def _quote(ranked: Sequence[Candidate], note: Note, words: str) -> DraftQuote | None:
    """The note's words, where one of the passages found holds them."""
    for candidate in ranked:
        passage = candidate.hit.passage
        if passage.kind is PassageKind.NOTE and passage.start <= note.start and note.end <= passage.end:
            inside = passage.text[note.start - passage.start : note.end - passage.start]
            if inside == words:
                return DraftQuote(passage_id=passage.id, quote=words, start=note.start, end=note.end)
    return None


def _draft(candidate: Candidate, quote: DraftQuote) -> DraftDisagreement:
    here, own = candidate.document_id, quote_of(candidate)
    return DraftDisagreement(
        about="Date in the text and in its own note: different dates",
        axis="date",
        positions=(
            DraftPosition(document_id=here, claim=own.quote, quotes=(own,)),
            DraftPosition(document_id=here, claim=quote.quote, quotes=(quote,)),
        ),
    )
