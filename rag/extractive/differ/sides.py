"""Two sides that a question holds together: the two answers it names, and the shares of a whole it asks for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import combinations

from rag.aliases import AliasTable
from rag.extractive.candidates import Candidate
from rag.extractive.differ.compare import SHARES, Difference
from rag.extractive.differ.positions import position, said_by
from rag.extractive.differ.said import content
from rag.extractive.differ.sums import asks_for_parts, of_other_wholes
from rag.extractive.differ.two_answers import Given, asked_of, contrary, given, opposite
from rag.extractive.differ.wording import about
from rag.question import Question
from rag.types import DraftDisagreement

RELEVANT, RELEVANT_FIGURE = 0.42, 0.3
"""Least cosine to the question of a sentence that may stand as a position; of one with the asked figure."""
NEAR_JUDGED = 0.5
"""Least cosine of two judgements to each other."""
LAG = 0.28
"""How far below the best sentence's cosine to the question a position may stand."""
ANSWERING = 0.27
"""Least cosine to the question of a sentence that gives one of the two answers it names."""
NEAR_ANSWERS, LEAST_NEAR = 0.45, 0.35
"""Cosine of two such sentences from which they need no word of the question's subject; least cosine of any two."""
_DIFFER = re.compile(r"\b(?:differ|disagree|agree|contradict|conflict)\w*\b", re.IGNORECASE)
SHARE = re.compile(r"\b(?:share|per ?cent|percentage|proportion)\b|%|نسبة|المئة|بالمئة", re.IGNORECASE)
"""What asks for a share, or gives one."""


def same_shares(question: Question, pool: Sequence[Candidate]) -> list[DraftDisagreement]:
    """Two sources that give the same shares of different wholes; one of them near to the question."""
    row = [c for c in pool if c.cosine >= RELEVANT_FIGURE and SHARE.search(c.text)]
    for i, a in enumerate(row):
        for b in row[i + 1 :]:
            one, other = said_by(a), said_by(b)
            if a.document_id == b.document_id or max(a.cosine, b.cosine) < RELEVANT:
                continue
            asked = asks_for_parts(question.text) or content(question.focus) & content(a.text) & content(b.text)
            if asked and of_other_wholes(one, other):
                point = about(question.focus, Difference("definition", SHARES), one, other)
                return [DraftDisagreement(about=point, axis="definition", positions=(position(a), position(b)))]
    return []


def two_answers(
    question: Question, pool: Sequence[Candidate], aliases: AliasTable | None
) -> list[DraftDisagreement]:
    """The best two sentences of different sources that give the two answers a question names."""
    apart = len(question.sources) > 1 and bool(_DIFFER.search(question.text))
    asked = asked_of(question.focus, one=apart)
    if asked and aliases is not None:
        asked = asked_of(question.focus, _other_names(question.focus, aliases), one=apart)
    if not asked:
        return []
    best = max((c.cosine for c in pool), default=0.0)
    row = [c for c in pool if c.cosine >= max(ANSWERING, best - LAG) and c.features.reference < 1]
    sides = [(c, answers) for c in row if (answers := given(asked, said_by(c)))]
    found: tuple[float, Given, Candidate, Candidate] | None = None
    for (a, mine), (b, theirs) in combinations(sides, 2):
        if a.document_id == b.document_id or not contrary(mine, theirs):
            continue
        between = float(a.vector @ b.vector)
        near = min(a.cosine, b.cosine) >= RELEVANT and between >= NEAR_ANSWERS
        named = {a.document_id, b.document_id} <= set(question.sources)
        if between < LEAST_NEAR:
            continue
        answer = opposite(asked, said_by(a), said_by(b), near=near, named=named)
        score = a.score + b.score + a.cosine + b.cosine + between
        if answer and (found is None or score > found[0]):
            found = (score, answer, a, b)
    if found is None:
        return []
    _, answer, a, b = found
    point = about(question.focus, Difference("judgement", answer.title, answer.shared), said_by(a), said_by(b))
    return [DraftDisagreement(about=point, axis="judgement", positions=(position(a), position(b)))]


def _other_names(focus: str, aliases: AliasTable) -> dict[str, frozenset[str]]:
    """To the keys of one-word names in a question, the keys of other one-word names for the same."""
    found: dict[str, frozenset[str]] = {}
    for expansion in aliases.expansions(focus):
        known = content(expansion.matched)
        if len(known) == 1:
            single = (content(a) for a in expansion.alternatives)
            found[min(known)] = frozenset().union(*(k for k in single if len(k) == 1))
    return found
