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

from rag.extractive.candidates import Candidate
from rag.extractive.frame import quote_of
from rag.question import Question, QuestionKind
from rag.text import STOPWORDS, content_terms, numbers, stem, words
from rag.types import DraftDisagreement, DraftPosition

SAME_SUBJECT = 0.45
"""Cosine above which two sentences are about the same thing."""
RELEVANT = 0.35
"""Least cosine to the question of both sentences."""
MOST = 3

_COUNT = re.compile(
    r"(?P<number>\d[\d,.]*(?:\s?%|\s+(?:million|billion|per cent|percent))?)\s+"
    r"(?=(?P<after>(?:[^\W\d][\w’'-]*\s*){1,5}))"
)
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
    """Counted nouns of a sentence; years and days of a month are not counts."""
    found: list[Count] = []
    for match in _COUNT.finditer(text):
        value = match["number"].strip().rstrip(".,")
        after = [w for w in words(match["after"]) if w not in STOPWORDS]
        if _YEARISH.match(value) or not after or after[0] in _CALENDAR:
            continue
        canonical = sorted(numbers(value)) or [value]
        found.append(Count(canonical[0], tuple(stem(w) for w in after[:4])))
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
    found: list[DraftDisagreement] = []
    seen: set[str] = set()
    for a, b in combinations(relevant, 2):
        if a.document_id == b.document_id or float(a.vector @ b.vector) < SAME_SUBJECT:
            continue
        noun = _conflict(a.text, b.text, asked)
        if noun is None or noun in seen:
            continue
        seen.add(noun)
        found.append(
            DraftDisagreement(about=question.text, axis="figure", positions=(_position(a), _position(b)))
        )
    return found


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


def _positions(question: Question, chosen: Iterable[Candidate]) -> list[DraftDisagreement]:
    best: dict[str, Candidate] = {}
    for candidate in chosen:
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
