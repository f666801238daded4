"""The timeline: dated events of the evidence, in order, each with its quote."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rag.extractive.candidates import Candidate
from rag.memo.dates import Dated, dates

LONGEST = 45
"""Longest sentence in words that still reads as one event."""
SAME_EVENT = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A dated sentence before it has its citation."""

    candidate: Candidate
    date: Dated


def events(pool: Iterable[Candidate], *, most: int) -> list[Event]:
    """The first ``most`` dated sentences of a ranked pool, by date; the same event once a source.

    A sentence counts under its first date of month precision or better; a bare year is no event.
    """
    kept: list[Event] = []
    for candidate in pool:
        if len(kept) == most:
            break
        precise = [d for d in dates(candidate.text) if len(d.iso) >= 7]
        if not precise or candidate.word_count > LONGEST:
            continue
        event = Event(candidate=candidate, date=precise[0])
        if not any(_same(event, other) for other in kept):
            kept.append(event)
    return sorted(kept, key=lambda e: (e.date.iso, e.candidate.document_id, e.candidate.sentence.start))


def _same(a: Event, b: Event) -> bool:
    near = float(a.candidate.vector @ b.candidate.vector)
    same_date = a.date.iso == b.date.iso and a.candidate.document_id == b.candidate.document_id
    return near >= SAME_EVENT and (same_date or a.candidate.document_id == b.candidate.document_id)
