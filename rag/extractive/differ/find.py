"""Looks through the sentences found for a question for those of different sources that differ on it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from rag.aliases import AliasTable
from rag.extractive.candidates import Candidate
from rag.extractive.differ.changes import changes_apart
from rag.extractive.differ.compare import CHANGE, Difference, difference
from rag.extractive.differ.dates import when
from rag.extractive.differ.figures import Clash, clashes, kin, one_thing
from rag.extractive.differ.measures import measures
from rag.extractive.differ.own_notes import against_own_note
from rag.extractive.differ.positions import position, said_by
from rag.extractive.differ.said import (
    Said,
    clause_around,
    content,
    keys_of,
    names,
    nation,
    qualified_apart,
    years,
)
from rag.extractive.differ.sides import LAG, NEAR_JUDGED, RELEVANT, RELEVANT_FIGURE, SHARE, same_shares, two_answers
from rag.extractive.differ.stance import DECIDED, LEGISLATURE, asked_axes, opposite_answers
from rag.extractive.differ.traits import traits
from rag.extractive.differ.wording import EACH_SAYS, about
from rag.ports import Vectors
from rag.question import Question, QuestionKind, asks_for_shares
from rag.support.names import name_known
from rag.text import is_arabic
from rag.types import Document, DraftDisagreement

POOL = 70
"""Sentences, best first, that are compared with one another."""
NEAR = {"figure": 0.35, "period": 0.35, "definition": 0.5, "date": 0.6, "classification": 0.4}
"""Least cosine between two positions, by axis: words prove a figure, a judgement needs nearness too."""
NEAR_ASKED, NEAR_CHAMBER = 0.05, 0.2
LAG_ARABIC = 0.2
"""How far below the best sentence a position may stand for a question in Arabic: its words and English ones differ."""
ROWS = 8
"""Sentences compared with the whole pool in one product."""
MOST, SIDES = 3, 5
"""Disagreements shown, and positions of one."""
ASKED_BOTH = 0.42
"""Least cosine to the question when it asks named sources how they differ."""
STEP = 0.12
"""How far below the best a sentence with the asked unit may stand."""
FEW = 3
"""Content words of a question so short that one of them in dispute is enough."""
LOOSE = "figures in other words"
LOOSE_FIGURES = 4
"""Figures in both sentences together up to which other words for the counted thing are forgiven."""

_APART = re.compile(
    r"\bfar apart\b|\b(?:should|can|do) (?:I|we) (?:believe|trust)\b|\bdifferent estimates\b|\bconflicting\b|"
    r"\beach count\b",
    re.IGNORECASE,
)
_WHEN = re.compile(
    r"\b(?:until|by|since) when\b|\bwhen\b|\bdates?\b|\bdeadlines?\b|\btime(?:table|line)s?\b|\bperiod\b", re.IGNORECASE
)
_LIMIT = re.compile(
    r"\b(?:until|by|after|before|from|since|in)\s+(?:the\s+)?(?:end of |beginning of |early |late |mid-)?"
    r"(?:\d{1,2}\s+)?"
    r"(?:(?:January|February|March|April|May|June|July|August|September|October|November|December)\s+)?(?:19|20)\d{2}\b",
    re.IGNORECASE,
)
_BY_HOW_MUCH = re.compile(r"\bby how much\b|\bhow much (?:more|less|dearer|cheaper)\b", re.IGNORECASE)
_CHANCE = re.compile(r"\b(?:chances?|odds|probabilit\w+|likelihood|estimates?|count|figures?)\b", re.IGNORECASE)
_HEADCOUNT = re.compile(r"\b(?:headcount|strength|manpower|how (?:big|large|strong)|size)\b", re.IGNORECASE)
_PLAIN_KINDS = frozenset({QuestionKind.FIGURE, QuestionKind.DATE, QuestionKind.DEFINITION})
_FIGURES = frozenset({"figure", "period", "definition"})
_PROVEN = _FIGURES | {"classification"}
_PERSONS = keys_of("people fighters soldiers")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two sentences that differ, with how well they answer the question."""

    a: Candidate
    b: Candidate
    difference: Difference
    score: float
    loose: bool = False


def disagreements(
    question: Question,
    ranked: Sequence[Candidate],
    chosen: Sequence[Candidate],
    document: Callable[[str], Document] | None = None,
    aliases: AliasTable | None = None,
) -> tuple[DraftDisagreement, ...]:
    """Where the sources differ on what is asked, each side quoted; the most relevant first.

    Args:
        ranked: all sentences found, best first.
        chosen: those of the answer; when the question asks named sources how they differ and no words
            prove that they do, each one's best sentence is its position.
        document: a whole document by its id; with it, dates are held against the source's own notes.
        aliases: names that mean the same, so that ``Baghdad`` in a question is ``Iraq`` in a source.
    """
    found: list[DraftDisagreement] = []
    used: set[str] = set()
    pool = [c for c in ranked[:POOL] if c.cosine >= RELEVANT_FIGURE and c.features.reference < 1]
    for pair in sorted(_pairs(question, pool), key=lambda p: -p.score):
        spots = {pair.a.text, pair.b.text}
        if len(found) >= MOST or spots & used:
            continue
        sides = _sides(pair, pool)
        used |= spots | {c.text for c in sides}
        found.append(_draft(question, pair, sides))
    if not found and asks_for_shares(question.text):
        found = same_shares(question, ranked[:POOL])
    if not found and question.disagreement:
        found = two_answers(question, ranked[:POOL], aliases)
    judge = _Judge(question, max((c.cosine for c in pool), default=0.0))
    if not found and _WHEN.search(question.text):
        found = judge.windows(pool) or judge.dates(pool)
    if not found and document is not None and question.kind is QuestionKind.DATE:
        found = against_own_note(ranked, document)
    if not found and question.disagreement and len(question.sources) > 1:
        found = _asked(question, chosen)
    return tuple(found)


def _pairs(question: Question, pool: Sequence[Candidate]) -> Iterator[Pair]:
    if not pool:
        return
    vectors = np.stack([c.vector for c in pool])
    # a few rows at a time: one large product is shared out among threads, and waiting for them takes 50 times as long
    near = np.vstack([vectors[at : at + ROWS] @ vectors.T for at in range(0, len(pool), ROWS)])
    judge = _Judge(question, max(c.cosine for c in pool))
    for i, j in judge.worth(pool, near):
        a, b = pool[i], pool[j]
        found = judge.pair(a, b, said_by(a), said_by(b), float(near[i, j]))
        if found is not None:
            loose = found.point == LOOSE
            yield Pair(a, b, found, a.score + b.score + float(near[i, j]) - loose, loose)


class _Judge:
    """Judges pairs of sentences for one question.

    ``explicit``: the question itself says that it wants the sources side by side.
    """

    def __init__(self, question: Question, best: float) -> None:
        self._question = question
        self._best = best
        self.explicit = (
            question.disagreement or question.several or len(question.sources) > 1 or bool(_APART.search(question.text))
        )
        self._axes = asked_axes(question.text) if question.disagreement else frozenset()
        headcount = _PERSONS if _HEADCOUNT.search(question.text) else frozenset()
        self._asked = content(question.text) | headcount
        self._chamber = bool(self._asked & LEGISLATURE) and question.kind not in _PLAIN_KINDS
        self._figure = question.kind is QuestionKind.FIGURE or bool(_CHANCE.search(question.text))
        self._times = frozenset(int(y) for y in question.years)

    def worth(self, pool: Sequence[Candidate], near: Vectors) -> Iterator[tuple[int, int]]:
        """Places of the pairs that :meth:`pair` could find a difference in, in order.

        Two sources, near enough to the question and to each other, of the asked time, and with something in
        common to differ on: what is cheap to tell is told first, for all pairs at once.
        """
        said = [said_by(c) for c in pool]
        documents = np.unique([c.document_id for c in pool], return_inverse=True)[1]
        timely = np.array([not (self._times and (told := years(s)) and not told & self._times) for s in said])
        if not self._axes and not self._chamber:
            timely &= np.array([c.cosine for c in pool]) >= self._best - LAG
        floor = NEAR_ASKED if self._axes else NEAR_CHAMBER if self._chamber else min(NEAR.values())
        fit = (near.astype(float) >= floor) & (documents[:, None] != documents) & timely & timely[:, None]
        own = {i: traits(said[i]) for i in np.flatnonzero(fit.any(axis=0)).tolist()}
        for i, j in np.argwhere(np.triu(fit, 1)).tolist():
            if own[i].may_differ(own[j]):
                yield i, j

    def pair(self, a: Candidate, b: Candidate, one: Said, other: Said, near: float) -> Difference | None:
        """How two sentences that are worth it differ on what is asked, or None."""
        low = min(a.cosine, b.cosine)
        if self._axes and near >= NEAR_ASKED and low >= RELEVANT:
            opposed = opposite_answers(one, other, self._axes, self._asked)
            if opposed is not None:
                return Difference(opposed.axis, opposed.about, opposed.shared)
        if (low < self._best - LAG or near < min(NEAR.values())) and not (self._chamber and near >= NEAR_CHAMBER):
            return None
        found = difference(one, other)
        if found is not None and found.point == DECIDED and self._chamber and found.shared & LEGISLATURE:
            return found
        if near < min(NEAR.values()):
            return None
        if found is not None and low < RELEVANT and found.axis not in _PROVEN:
            return None
        if found is not None and near >= NEAR.get(found.axis, NEAR_JUDGED) and self._bears(found, one, other, low):
            return found
        if not self.explicit:
            return None
        if low >= RELEVANT and near >= NEAR_JUDGED and (change := changes_apart(one, other, asked=self._asked)):
            return Difference("figure", CHANGE, change)
        return self._loose(one, other, low) if self._figure else None

    def _loose(self, one: Said, other: Said, low: float) -> Difference | None:
        """Figures for one thing in other words, when the question itself holds them together."""
        clash = next(clashes(one, other, loose=True), None)
        if clash is None or not self._fits(clash, one, other):
            return None
        named = frozenset(nation(t) for t in names(self._question.text))
        both = (self._asked & content(one.text) & content(other.text)) - named
        nouns = (clash.mine.head | clash.theirs.head) & self._asked
        if not (both if clash.mine.unit else nouns):
            return None
        if clash.mine.unit and len(measures(one.text)) + len(measures(other.text)) > LOOSE_FIGURES:
            return None
        return Difference(clash.axis, LOOSE, clash.mine.head & clash.theirs.head or both, clash)

    def _fits(self, clash: Clash, one: Said, other: Said) -> bool:
        """The unit asked for, and of no thing that the question qualifies differently (American, ISIS)."""
        if SHARE.search(self._question.text) and clash.mine.unit != "%":
            return False
        mine, theirs = clause_around(one.text, clash.mine.start), clause_around(other.text, clash.theirs.start)
        if not self._question.sources and not self._named(one, other):
            return False
        nouns = clash.mine.head | clash.theirs.head
        return not any(qualified_apart(self._question.text, clause, nouns) for clause in (mine, theirs))

    def _named(self, one: Said, other: Said) -> bool:
        """Whether the sentences or what stands around them know every name of the question."""
        known = f"{one.known} {other.known}"
        asked = names(self._question.focus)
        return all(name_known(t.word, known, acronym=t.raw.isupper()) for t in asked)

    def windows(self, pool: Sequence[Candidate]) -> list[DraftDisagreement]:
        """The very number of the question, which sources give for different times."""
        sides: dict[str, Candidate] = {}
        for candidate in pool:
            own = [m for m in measures(candidate.text) if m.low == m.high and f"{m.low:g}" in self._question.figures]
            if own and _dated(candidate.text) and candidate.cosine >= self._best - LAG:
                sides.setdefault(candidate.document_id, candidate)
        told = {" ".join(_dated(c.text)).lower() for c in sides.values()}
        return _draft_times("period", self._question, list(sides.values())) if len(told) > 1 else []

    def dates(self, pool: Sequence[Candidate]) -> list[DraftDisagreement]:
        """Each source's date for what is asked, when the question wants them side by side."""
        if not self.explicit or (len(self._question.sources) < 2 and not self._question.disagreement):
            return []
        named = frozenset(nation(t) for t in names(self._question.text))
        sides: dict[str, Candidate] = {}
        for candidate in pool:
            fits = (self._asked & content(candidate.text)) - named
            dated = len(when(candidate.text)) == 1 and _LIMIT.search(candidate.text)
            if fits and dated and candidate.cosine >= RELEVANT:
                sides.setdefault(candidate.document_id, candidate)
        row = list(sides.values())
        apart = any(not when(a.text)[0].agrees(when(b.text)[0]) for a in row for b in row)
        return _draft_times("date", self._question, row) if apart else []

    def _bears(self, found: Difference, one: Said, other: Said, low: float) -> bool:
        """Whether what two sentences differ on is what the question asks."""
        if is_arabic(self._question.text):
            if found.clash and found.clash.mine.unit == "%" and not SHARE.search(self._question.text):
                return False
            return low >= self._best - LAG_ARABIC
        if found.point == CHANGE:
            return bool(found.shared & self._asked)
        if found.axis in _FIGURES:
            return self._counts(found, one, other, low)
        if found.axis == "classification":
            return bool(content(found.point) & self._asked)
        if self._question.kind in _PLAIN_KINDS:
            return False
        if not self.explicit and not self._named(one, other):
            return False
        touched = found.shared & self._asked
        return len(touched) > 1 or (bool(touched) and (self.explicit or len(self._asked) <= FEW))

    def _counts(self, found: Difference, one: Said, other: Said, low: float) -> bool:
        if _BY_HOW_MUCH.search(self._question.text):
            return False
        clash = found.clash
        if clash is None or self._question.kind is QuestionKind.DATE or not self._fits(clash, one, other):
            return False
        if found.axis == "definition" and not self.explicit:
            return False
        mine, theirs = clash.mine.head or clash.theirs.head, clash.theirs.head or clash.mine.head
        if mine and kin(mine, theirs, self._asked):
            return True
        if self.explicit and self._question.kind is QuestionKind.FIGURE and low >= self._best - STEP:
            return True
        both = self._asked & content(one.text) & content(other.text)
        return bool(clash.mine.unit) and self._figure and len(both) > 1 and low >= self._best - STEP


def _sides(pair: Pair, pool: Sequence[Candidate]) -> list[Candidate]:
    """The pair and, for figures, what other sources say of the same thing; one sentence of each source."""
    sides = [pair.a, pair.b]
    if pair.difference.axis not in _FIGURES:
        return sides
    clash = pair.difference.clash
    if clash is None:
        return sides
    for other in pool:
        if len(sides) >= SIDES:
            break
        if not pair.difference.shared <= content(other.text) and pair.loose:
            continue
        if other.document_id not in {c.document_id for c in sides} and one_thing(
            said_by(pair.a), clash.mine, said_by(other), loose=pair.loose
        ):
            sides.append(other)
    return sides


def _draft(question: Question, pair: Pair, sides: Sequence[Candidate]) -> DraftDisagreement:
    return DraftDisagreement(
        about=about(question.focus, pair.difference, said_by(pair.a), said_by(pair.b)),
        axis=pair.difference.axis,
        positions=tuple(position(c) for c in sides),
    )


_DATED = re.compile(
    r"\b(?:this|last) year\b|\b(?:\d{1,2}\s+)?(?:January|February|March|April|May|June|July|August|September|October|"
    r"November|December)\b(?:\s+\d{1,2}\b)?(?:,?\s+\d{4})?|\b(?:19|20)\d{2}\b",
    re.IGNORECASE,
)


def _dated(text: str) -> list[str]:
    return _DATED.findall(text)


def _draft_times(axis: str, question: Question, sides: Sequence[Candidate]) -> list[DraftDisagreement]:
    if len(sides) < 2:
        return []
    point = about(question.focus, Difference(axis, "time"), said_by(sides[0]), said_by(sides[1]))
    return [DraftDisagreement(about=point, axis=axis, positions=tuple(position(c) for c in sides[:SIDES]))]


def _asked(question: Question, chosen: Sequence[Candidate]) -> list[DraftDisagreement]:
    """Each named source's best sentence, when the question says that they differ."""
    best: dict[str, Candidate] = {}
    for candidate in chosen:
        if candidate.document_id in question.sources and candidate.cosine >= ASKED_BOTH:
            best.setdefault(candidate.document_id, candidate)
    row = list(best.values())[:SIDES]
    if len(row) < 2 or any(float(row[0].vector @ c.vector) < NEAR_JUDGED for c in row[1:]):
        return []
    point = about(question.focus, Difference("judgement", EACH_SAYS), said_by(row[0]), said_by(row[1]))
    return [DraftDisagreement(about=point, axis="judgement", positions=tuple(position(c) for c in row))]
