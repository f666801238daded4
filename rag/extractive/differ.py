"""Where sources differ: the same thing counted differently, or different answers to a question that asks.

Two sentences of different documents disagree on a figure when they speak of the same thing (similar
vectors, the same counted noun) and count it differently.  When the question itself asks whether the
sources agree, each source's best sentence is its position.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from rag.extractive.candidates import Candidate, stems
from rag.extractive.frame import quote_of
from rag.question import Question, QuestionKind
from rag.text import STOPWORDS, content_terms, numbers, stem, word_spans, words
from rag.types import DraftDisagreement, DraftPosition

SAME_SUBJECT = 0.55
"""Cosine above which two sentences are about the same thing."""
RELEVANT = 0.42
"""Least cosine to the question of both sentences."""
RIVAL, RIVAL_SUBJECT, SHARED_WORDS = 0.12, 0.6, 2
"""A rival answer stands at most so far below the best cosine to the question, is so near to the other in
meaning, and shares so many of the question's words with it."""
MOST = 3

_COUNT = re.compile(
    r"(?P<number>\d[\d,.]*(?:\s?%|\s+(?:million|billion|per cent|percent))?)\s+"
    r"(?=(?P<after>(?:[^\W\d][\w’'-]*\s*){1,5}))"
)
_YEAR = re.compile(r"\b(?:19|20)\d{2}\b")
_YEARISH = re.compile(r"^(?:19|20)\d{2}$")
_CALENDAR = frozenset(
    """january february march april may june july august september october november december year month
    day week""".split()
)


@dataclass(frozen=True, slots=True)
class Count:
    """A counted noun: ``86 … countries`` → value ``86``, noun stems of the next words."""

    value: str
    nouns: tuple[str, ...]


def counts(text: str) -> list[Count]:
    """Counted nouns of a sentence; years and days of a month are not counts, names are not counted."""
    found: list[Count] = []
    for match in _COUNT.finditer(text):
        value = match["number"].strip().rstrip(".,")
        after = [w for w, at, _ in word_spans(match["after"]) if w not in STOPWORDS and match["after"][at].islower()]
        first = next(iter(words(match["after"])), "")
        if _YEARISH.match(value) or not after or first in _CALENDAR or after[0] in _CALENDAR:
            continue
        canonical = sorted(numbers(value)) or [value]
        found.append(Count(canonical[0], tuple(stem(w) for w in after[:3])))
    return found


def disagreements(
    question: Question, ranked: Sequence[Candidate], chosen: Sequence[Candidate]
) -> tuple[DraftDisagreement, ...]:
    """Figures first, then positions when the question asks for them."""
    found = _figures(question, ranked[:40])
    if not found and question.disagreement and question.kind is not QuestionKind.FIGURE:
        found = _positions(question, chosen)
    return tuple(found[:MOST])


def _figures(question: Question, ranked: Sequence[Candidate]) -> list[DraftDisagreement]:
    asked = set(content_terms(question.focus))
    relevant = [c for c in ranked if c.cosine >= RELEVANT]
    best = max((c.cosine for c in relevant), default=0.0)
    found: list[DraftDisagreement] = []
    seen: set[str] = set()
    for a, b in combinations(relevant, 2):
        if a.document_id == b.document_id or float(a.vector @ b.vector) < SAME_SUBJECT:
            continue
        noun = _conflict(a.text, b.text, asked) or _rival_counts(question, a, b, best, asked)
        if noun is None or noun in seen:
            continue
        seen.add(noun)
        found.append(
            DraftDisagreement(about=question.text, axis=_axis(a.text, b.text), positions=(_position(a), _position(b)))
        )
    return found


def _axis(first: str, second: str) -> str:
    """``period`` when the sentences speak of different years, else ``figure``."""
    mine, theirs = set(_YEAR.findall(first)), set(_YEAR.findall(second))
    return "period" if mine and theirs and not mine & theirs else "figure"


def _conflict(first: str, second: str, asked: set[str]) -> str | None:
    """The noun both sentences count, differently, when the question is about it."""
    for a in counts(first):
        for b in counts(second):
            shared = [n for n in a.nouns if n in b.nouns]
            if shared and a.value != b.value and any(n in asked for n in shared):
                mine = {x.value for x in counts(first) if set(x.nouns) & set(shared)}
                theirs = {x.value for x in counts(second) if set(x.nouns) & set(shared)}
                if not mine & theirs:
                    return shared[0]
    return None


def _rival_counts(
    question: Question, a: Candidate, b: Candidate, best: float, asked: set[str]
) -> str | None:
    """A word of the question when both sentences answer it about as well, with other counts.

    One report counts "members", another "partners": what they count is then told by the question.
    """
    if question.kind is not QuestionKind.FIGURE or min(a.cosine, b.cosine) < best - RIVAL:
        return None
    mine, theirs = ({c.value for c in counts(x.text)} for x in (a, b))
    shared = asked & stems(a.text) & stems(b.text)
    rivals = mine and theirs and not mine & theirs and len(shared) >= SHARED_WORDS
    return min(shared) if rivals and float(a.vector @ b.vector) >= RIVAL_SUBJECT else None


def _positions(question: Question, chosen: Iterable[Candidate]) -> list[DraftDisagreement]:
    best: dict[str, Candidate] = {}
    for candidate in chosen:
        if candidate.cosine >= RELEVANT:
            best.setdefault(candidate.document_id, candidate)
    if len(best) < 2:
        return []
    positions = tuple(_position(c) for c in list(best.values())[:4])
    return [DraftDisagreement(about=question.text, axis="judgement", positions=positions)]


def _position(candidate: Candidate) -> DraftPosition:
    return DraftPosition(
        document_id=candidate.document_id, claim=candidate.text, quotes=(quote_of(candidate),)
    )


_PERCENT = re.compile(r"(\d+(?:\.\d+)?)\s?(?:%|percent|per cent)")


def bad_sum(text: str) -> float | None:
    """The sum of a sentence's shares when there are three or more and they cannot make a whole.

    >>> bad_sum("60% Shia, 28% Sunnis, and 22% other minorities")
    110.0
    >>> bad_sum("50% yes, 30% no, 20% undecided") is None
    True
    """
    shares = [float(m) for m in _PERCENT.findall(text)]
    if len(shares) < 3:
        return None
    total = sum(shares)
    return total if 100.5 < total < 140 or 85 < total < 99 else None
