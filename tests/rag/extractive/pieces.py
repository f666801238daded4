"""Candidates made by hand: one sentence each, with a vector of one's own."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np

from rag.extractive.candidates import Candidate, Features
from rag.text import sentence_spans
from rag.types import Sentence
from tests.rag.test_citations import hits_of

HITS = hits_of("ferry-board", "lake-traders", "velten", "clinics")


def candidate(text: str, *vector: float, score: float = 1.0, rank: int = 0) -> Candidate:
    """The sentence of the invented reports that is ``text``; unit vector of the given direction."""
    hit = next(h for h in HITS if text in h.passage.text)
    start = hit.passage.start + hit.passage.text.index(text)
    direction = np.array(vector or (1.0, 0.0, 0.0), dtype=np.float32)
    return Candidate(
        hit=hit,
        rank=rank,
        sentence=Sentence(start=start, end=start + len(text)),
        text=text,
        vector=direction / np.linalg.norm(direction),
        features=Features(**{f.name: 0.5 for f in fields(Features)}),
        score=score,
        word_count=len(text.split()),
    )


BOARD = "The Orrin Ferry Board counts 12 ferries on the lake."
SOLD = "The board may sell the oldest ferry next spring."
BUILT = "Two of the ferries were built before 1990."
GUILD = "The Guild of Lake Traders counts 9 ferries on the lake, because it leaves out ferries under repair."
VIEW = "In its view the timetable matters more than the fleet."
WATER = "Mara Velten argues that low water drives most cancellations."
FELL = "The lake fell by 40 centimetres in two years."
PIER = "It holds that the pier will shorten every crossing by a quarter."


def sentences_of(text: str, offset: int = 100) -> list[Candidate]:
    """Each sentence of a passage that stands ``offset`` characters into its document."""
    like = candidate(BOARD)
    spans = tuple(Sentence(start=a + offset, end=b + offset) for a, b in sentence_spans(text))
    passage = replace(like.hit.passage, start=offset, end=offset + len(text), text=text, sentences=spans)
    hit = replace(like.hit, passage=passage)
    return [
        replace(like, hit=hit, sentence=s, text=text[s.start - offset : s.end - offset], word_count=9) for s in spans
    ]
