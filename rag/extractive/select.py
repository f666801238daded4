"""Chooses the sentences of an answer: relevant, not repeating, balanced over sources, short enough."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from rag.extractive.candidates import Candidate
from rag.question import Question, QuestionKind

REDUNDANCY = 0.25
"""Penalty per unit of cosine to what is already chosen (Carbonell & Goldstein 1998, MMR)."""
ADJOINING = 0.2
"""Bonus for the sentence right before or after a chosen one: reasons and lists run on.  Not where several
sources are asked for: there the next source matters more than the next sentence."""
LISTED = 0.5
"""Bonus for what stands under a chosen introducing sentence ("… including:"): it is what was announced."""
LIST_REACH = 1200
"""Characters after an introducing sentence within which its items are looked for."""
REPEATED_SOURCE = 0.12
"""Penalty per sentence already taken from a source when several sources are asked for."""
WEAK = 0.6
"""A sentence whose gain is below this share of the best one's score is left out: it would pad."""
SAME = 0.93
"""Cosine above which two sentences say the same."""
POOL = 80
FACT_KINDS = frozenset({QuestionKind.FIGURE, QuestionKind.DATE, QuestionKind.PERSON})
FACT_WORDS = 80
LONG_FACTOR = 1.25


def budget(question: Question, limit: int) -> int:
    """Words that an answer to this question should take: a single fact is short."""
    if question.several or question.kind is QuestionKind.LIST or len(question.parts) > 1:
        return round(limit * LONG_FACTOR)
    if question.kind in FACT_KINDS:
        return FACT_WORDS
    return limit


def choose(question: Question, ranked: Sequence[Candidate], limit: int) -> list[Candidate]:
    """Greedy choice under the word budget, best first."""
    room = budget(question, limit)
    pool = list(ranked[:POOL])
    chosen: list[Candidate] = []
    per_source: Counter[str] = Counter()
    used = 0
    while pool and used < 0.85 * room:
        gain, best = max(
            ((_gain(c, chosen, per_source, question), c) for c in pool),
            key=lambda pair: (pair[0], -pair[1].sentence.start),
        )
        pool.remove(best)
        if chosen and gain < WEAK * chosen[0].score:
            break
        if _repeats(best, chosen):
            continue
        if chosen and used + best.word_count > room:
            continue
        chosen.append(best)
        per_source[best.document_id] += 1
        used += best.word_count
    return chosen


def _gain(
    candidate: Candidate, chosen: Sequence[Candidate], per_source: Counter[str], question: Question
) -> float:
    gain = candidate.score
    if chosen:
        gain -= REDUNDANCY * max(float(candidate.vector @ c.vector) for c in chosen)
        if not question.several and any(adjoins(candidate, c) for c in chosen):
            gain += ADJOINING
    if any(announces(c, candidate) for c in chosen):
        gain += LISTED
    if question.several:
        gain -= REPEATED_SOURCE * per_source[candidate.document_id]
    return gain


def _repeats(candidate: Candidate, chosen: Sequence[Candidate]) -> bool:
    """The same words again in the same document; another source saying the same is worth having."""
    return any(
        float(candidate.vector @ c.vector) >= SAME and candidate.document_id == c.document_id
        for c in chosen
    )


def adjoins(a: Candidate, b: Candidate) -> bool:
    """True when two sentences follow each other in the same document."""
    gap = max(a.sentence.start, b.sentence.start) - min(a.sentence.end, b.sentence.end)
    return 0 <= gap <= 6 and a.document_id == b.document_id


_ANNOUNCING = re.compile(r":\s*$|\b(?:the following|as follows|these include)\b", re.IGNORECASE)


def announces(intro: Candidate, item: Candidate) -> bool:
    """True when ``item`` stands shortly under a sentence that announces a list, in the same section."""
    distance = item.sentence.start - intro.sentence.end
    if not 0 <= distance <= LIST_REACH or intro.document_id != item.document_id:
        return False
    return bool(_ANNOUNCING.search(intro.text)) and intro.hit.passage.section == item.hit.passage.section


def arrange(chosen: Sequence[Candidate]) -> list[list[Candidate]]:
    """Groups by source, sources by their best sentence; within a source the reading order,

    but the best sentence's own run of adjoining sentences first, so that the answer opens with it.
    """
    order: dict[str, list[Candidate]] = {}
    for candidate in chosen:
        order.setdefault(candidate.document_id, []).append(candidate)
    groups: list[list[Candidate]] = []
    for row in order.values():
        lead = row[0]
        runs = _runs(sorted(row, key=lambda c: c.sentence.start))
        runs.sort(key=lambda run: lead not in run)
        groups.append([c for run in runs for c in run])
    return groups


def _runs(row: Sequence[Candidate]) -> list[list[Candidate]]:
    runs: list[list[Candidate]] = []
    for candidate in row:
        if runs and adjoins(runs[-1][-1], candidate):
            runs[-1].append(candidate)
        else:
            runs.append([candidate])
    return runs
