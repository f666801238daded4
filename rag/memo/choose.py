"""Chooses the sentences of a memo: the best of each section, none twice, no source drowned out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from rag.extractive.candidates import Candidate
from rag.memo.evidence import Key, key
from rag.memo.modality import Modality, modality
from rag.memo.wording import Extract
from rag.text import numbers

REDUNDANCY = 0.45
"""Penalty per unit of cosine to what is already chosen anywhere in the memo."""
REPEATED_SOURCE = 0.05
"""Penalty per sentence that a source already has in the section."""
SAME = 0.86
"""Cosine above which two sentences say the same; the second becomes corroboration at most."""
LENGTH = 0.004
"""Penalty per word beyond :data:`EASY`: a minister reads short sentences."""
EASY = 32
FIGURE = 0.04
POOL = 45
"""Sentences of a section that are looked at."""
FLOOR = 0.62
"""Least score as a share of the section's best."""

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

    def nearest(self, candidate: Candidate) -> float:
        """Greatest cosine to what is chosen."""
        return max((float(candidate.vector @ c.candidate.vector) for c in self.items), default=0.0)


def fill(
    sections: Sequence[Sequence[Row]],
    budgets: Sequence[int],
    chosen: Chosen,
    accept: Accept,
) -> list[list[Extract]]:
    """Sections take turns, each its best remaining sentence, until its words are used."""
    rows = [list(r[:POOL]) for r in sections]
    floors = [FLOOR * r[0][0] if r else 0.0 for r in rows]
    filled: list[list[Extract]] = [[] for _ in rows]
    used = [0] * len(rows)
    counts: list[Counter[str]] = [Counter() for _ in rows]
    open_sections = {n for n, r in enumerate(rows) if r}
    while open_sections:
        for n in sorted(open_sections):
            item = _next(rows[n], floors[n], budgets[n] - used[n], counts[n], chosen, accept)
            if item is None:
                open_sections.discard(n)
                continue
            chosen.add(item)
            filled[n].append(item)
            counts[n][item.candidate.document_id] += 1
            used[n] += item.words
    return filled


def _next(
    rows: list[Row],
    floor: float,
    room: int,
    counts: Counter[str],
    chosen: Chosen,
    accept: Accept,
) -> Extract | None:
    """The best sentence that fits; what cannot be used is struck from the section's rows."""
    while rows:
        gains = [(_gain(score, c, counts, chosen), -c.sentence.start, at) for at, (score, c) in enumerate(rows)]
        _, _, at = max(gains)
        score, candidate = rows.pop(at)
        if score < floor or key(candidate) in chosen.keys or chosen.nearest(candidate) >= SAME:
            continue
        item = accept(candidate)
        if item is None or chosen.taken(item) or item.words > room:
            continue
        return item
    return None


def _gain(score: float, candidate: Candidate, counts: Counter[str], chosen: Chosen) -> float:
    gain = score - REDUNDANCY * chosen.nearest(candidate)
    gain -= REPEATED_SOURCE * counts[candidate.document_id]
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
