"""Chooses the sentences of a memo: the best of each section, none twice, no source drowned out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median

from rag.extractive.candidates import Candidate
from rag.memo.evidence import Key, key
from rag.memo.modality import Modality, modality
from rag.memo.wording import Extract
from rag.text import numbers

REDUNDANCY, DISTINCT = 0.6, 0.5
"""Penalty per unit of cosine beyond ``DISTINCT`` to what is already chosen anywhere in the memo."""
REPEATED_SOURCE = 0.03
"""Penalty per sentence that a source already has in the section."""
DROWNING, HALF, FEW = 0.12, 0.5, 6
"""Penalty of a source that has more than half of what is chosen, once so many stretches are."""
SAME = 0.86
"""Cosine above which two sentences say the same; the second is left out."""
LENGTH = 0.003
"""Penalty per word beyond :data:`EASY`: a minister reads short sentences."""
EASY = 32
FIGURE = 0.04
ASKED_FLOOR = 0.62
"""The same for the first sentences of a section that answers a question of the task: better something than
nothing."""
FIRST = 2
"""Sentences that a section which answers a question of the task takes before the others choose."""
POOL = 45
"""Sentences of a section that are looked at."""
FLOOR, LEVEL = 0.73, 0.66
"""Least score as a share of the section's best, and of the middle section's best: where a section's own
evidence is weak, a shorter section is better than a padded one."""

HOME = 0.12
"""How much better (as a share of the best) a sentence may fit another section and still stand here."""
VOICE = 0.8
"""Least score, as a share of a section's best, of the sentence that gives a source its say."""

Row = tuple[float, Candidate]
Accept = Callable[[Candidate], Extract | None]


@dataclass(slots=True)
class Chosen:
    """What has been chosen so far, over all sections."""

    items: list[Extract] = field(default_factory=list)
    keys: set[Key] = field(default_factory=set)
    spans: list[tuple[str, int, int]] = field(default_factory=list)

    def add(self, item: Extract) -> None:
        """Takes a stretch; nothing that overlaps it will be taken again."""
        self.items.append(item)
        self.keys.add(key(item.candidate))
        self.spans.append((item.candidate.document_id, item.start, item.end))

    def taken(self, item: Extract) -> bool:
        """True when the stretch overlaps one already chosen."""
        return any(
            d == item.candidate.document_id and s < item.end and item.start < e
            for d, s, e in self.spans
        )

    def share(self, document_id: str) -> float:
        """Share of what is chosen that is of one document; 0 while little is chosen."""
        own = sum(i.candidate.document_id == document_id for i in self.items)
        return own / len(self.items) if len(self.items) >= FEW else 0.0

    def nearest(self, candidate: Candidate) -> float:
        """Greatest cosine to what is chosen."""
        return max((float(candidate.vector @ c.candidate.vector) for c in self.items), default=0.0)


def fill(
    sections: Sequence[Sequence[Row]],
    budgets: Sequence[int],
    chosen: Chosen,
    accept: Accept,
    asked: frozenset[int] = frozenset(),
) -> list[list[Extract]]:
    """Sections take turns, each its best remaining sentence, until its words are used.

    Args:
        asked: places of the sections that answer a question of the task; they choose first.
    """
    rows = at_home(sections, asked)
    least = level(sections)
    floors = [max(FLOOR * r[0][0], least) if r else 0.0 for r in rows]
    lowest = [ASKED_FLOOR * r[0][0] if r else 0.0 for r in rows]
    filled: list[list[Extract]] = [[] for _ in rows]
    counts: list[Counter[str]] = [Counter() for _ in rows]
    left = list(budgets)
    spare = 0
    for shared, first in ((False, True), (False, False), (True, False)):
        # the task's own questions come first; what one section cannot use, the others may
        waiting = {n for n, r in enumerate(rows) if r and (not shared or filled[n]) and (n in asked or not first)}
        while waiting:
            for n in sorted(waiting):
                room = spare if shared else left[n]
                item = _next(rows[n], lowest[n] if first else floors[n], room, counts[n], chosen, accept)
                if item is None:
                    waiting.discard(n)
                    continue
                chosen.add(item)
                filled[n].append(item)
                counts[n][item.candidate.document_id] += 1
                left[n] -= item.words
                spare -= item.words
                if first and len(filled[n]) >= FIRST:
                    waiting.discard(n)
        spare = sum(left)
    return filled


def level(sections: Sequence[Sequence[Row]]) -> float:
    """The least score that counts as evidence in this memo."""
    return LEVEL * median([rows[0][0] for rows in sections if rows] or [0.0])


def at_home(sections: Sequence[Sequence[Row]], asked: frozenset[int] = frozenset()) -> list[list[Row]]:
    """Each section's rows without the sentences that clearly belong to another section.

    What answers a question of the task may stand there, wherever else it would fit.
    """
    best: dict[Key, float] = {}
    for rows in sections:
        for score, candidate in rows:
            share = score / rows[0][0]
            best[key(candidate)] = max(share, best.get(key(candidate), 0.0))
    return [
        [(s, c) for s, c in rows[: 2 * POOL] if n in asked or s / rows[0][0] >= best[key(c)] - HOME][:POOL]
        for n, rows in enumerate(sections)
    ]


def _next(
    rows: list[Row],
    floor: float,
    room: int,
    counts: Counter[str],
    chosen: Chosen,
    accept: Accept,
) -> Extract | None:
    """The best sentence that fits; what cannot be used is struck from the section's rows."""
    put_off: list[Row] = []
    try:
        while rows:
            gains = [
                (_gain(score, c, counts, chosen), -c.sentence.start, at)
                for at, (score, c) in enumerate(rows)
            ]
            score, candidate = rows.pop(max(gains)[2])
            if score < floor or key(candidate) in chosen.keys or chosen.nearest(candidate) >= SAME:
                continue
            item = accept(candidate)
            if item is None or chosen.taken(item):
                continue
            if item.words > room:
                put_off.append((score, candidate))
                continue
            return item
        return None
    finally:
        rows += put_off


def _gain(score: float, candidate: Candidate, counts: Counter[str], chosen: Chosen) -> float:
    gain = score - REDUNDANCY * max(0.0, chosen.nearest(candidate) - DISTINCT)
    gain -= REPEATED_SOURCE * counts[candidate.document_id]
    gain -= DROWNING * (chosen.share(candidate.document_id) > HALF)
    gain -= LENGTH * max(0, candidate.word_count - EASY)
    return gain + (FIGURE if numbers(candidate.text) else 0.0)


_ORDER = {Modality.FACT: 0, Modality.EXPECTED: 1, Modality.PROPOSED: 2}


def arrange(items: Sequence[Extract]) -> list[Extract]:
    """Facts before fears before proposals; within each a source stays together, in reading order."""
    best: dict[tuple[int, str], int] = {}
    for place, item in enumerate(items):
        best.setdefault((_ORDER[modality(item.text)], item.candidate.document_id), place)
    return sorted(
        items,
        key=lambda i: (
            _ORDER[modality(i.text)],
            best[(_ORDER[modality(i.text)], i.candidate.document_id)],
            i.start,
        ),
    )
