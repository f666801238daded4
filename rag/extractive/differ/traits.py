"""What a sentence offers for a difference, read once; two that share nothing of it need no judging.

Of the thousands of pairs that a question brings up, nearly all lack what every rule asks of both sides: a figure of
one unit, a date, a cause, a group, advice, a leaning on one axis, or a negation to be told from its absence.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from rag.extractive.differ.causes import traced
from rag.extractive.differ.changes import changed
from rag.extractive.differ.dates import when
from rag.extractive.differ.groups import memberships
from rag.extractive.differ.measures import measures
from rag.extractive.differ.said import Said
from rag.extractive.differ.stance import SHORT, advised, leanings
from rag.support.polarity import negations, negative_twin
from rag.support.tokens import analyse


@dataclass(frozen=True, slots=True)
class Traits:
    """``marks``: what both sides of a difference must have in common.

    ``denials`` counts the negations of a sentence short enough to be denied as a whole, None for a longer one;
    ``keys`` are its own, ``twins`` those of its words without their negative prefix.
    """

    marks: frozenset[str]
    denials: int | None
    keys: frozenset[str]
    twins: frozenset[str]

    def may_differ(self, other: Traits) -> bool:
        """False when :func:`difference`, figures in other words and opposite answers are all out of the question."""
        return not self.marks.isdisjoint(other.marks) or self._may_deny(other)

    def _may_deny(self, other: Traits) -> bool:
        if self.denials is None or other.denials is None:
            return False
        if self.denials + other.denials == 0:
            return not self.twins.isdisjoint(other.keys) or not other.twins.isdisjoint(self.keys)
        return self.denials + other.denials == 1


@lru_cache(maxsize=8192)
def traits(said: Said) -> Traits:
    """What a sentence offers for a difference; kept, because the same sentences answer many questions."""
    text = said.text
    analysed = analyse(text)
    kinds = {
        "change": changed(text) is not None,
        "date": len(when(text)) == 1,
        "cause": traced(text) is not None,
        "group": bool(memberships(said)),
        "advice": advised(text) is not None,
    }
    marks = {kind for kind, there in kinds.items() if there}
    marks |= {f"figure {m.unit}" for m in measures(text)} | {f"axis {leaning.axis}" for leaning in leanings(text)}
    twins = frozenset[str]().union(*(negative_twin(t.word) for t in analysed.tokens if t.content))
    denials = len(negations(text)) if len(analysed.keys) <= SHORT else None
    return Traits(frozenset(marks), denials, analysed.keys, twins)
