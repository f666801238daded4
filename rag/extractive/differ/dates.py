"""Is one event or deadline dated differently?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rag.extractive.differ.said import Said, content, contrasted, other_names, other_turn, topic, unresolved
from rag.support.names import dates
from rag.support.tokens import analyse

_YEAR = re.compile(r"(?<![\w$€£.,/-])((?:1[89]|20)\d{2})(?![\w%]|[.,]\d)")
_WINDOW = re.compile(r"\b(?:from|between)\b.{3,40}\b(?:to|and|until)\b|\bsince\b", re.IGNORECASE)
_AT = re.compile(r"\b(?:in|on|by|until|before|after|than|till|of|at the end of|the end of)\s*$", re.IGNORECASE)
_HABIT = re.compile(r"\b(?:every|each|weekly|monthly|yearly|annually|regularly|usually)\b", re.IGNORECASE)
LEAST = 2
"""Words besides the date that both must share."""


@dataclass(frozen=True, slots=True)
class When:
    """A date of its own precision."""

    year: int
    month: int | None = None
    day: int | None = None

    def agrees(self, other: When) -> bool:
        """Whether both can be the same day."""
        mine, theirs = (self.year, self.month, self.day), (other.year, other.month, other.day)
        return all(x is None or y is None or x == y for x, y in zip(mine, theirs, strict=True))


@lru_cache(maxsize=8192)
def when(text: str) -> tuple[When, ...]:
    """The dates of a sentence that have a year, the most precise form of each."""
    found = [When(d.year, d.month, d.day) for d in dates(text) if d.year]
    have = {w.year for w in found}
    found += [When(int(y)) for y in dict.fromkeys(_YEAR.findall(text)) if int(y) not in have]
    return tuple(found)


def dated_apart(a: Said, b: Said) -> frozenset[str]:
    """What both date differently, as keys; empty when they date different things or agree."""
    mine, theirs = when(a.text), when(b.text)
    if len(mine) != 1 or len(theirs) != 1 or mine[0].agrees(theirs[0]):
        return frozenset()
    if any(_WINDOW.search(s.text) or _HABIT.search(s.text) for s in (a, b)) or unresolved(a) or unresolved(b):
        return frozenset()
    if contrasted(a.text, b.text) or other_turn(a.text, b.text) or other_names(a, b):
        return frozenset()
    one, other = content(a.text), content(b.text)
    shared = (one & topic(b)) | (other & topic(a))
    if len(shared) < LEAST or (one - topic(b) and other - topic(a)):
        return frozenset()
    return shared if len(shared) >= 0.75 * min(len(one), len(other)) and not _figures(a, b) else frozenset()


def _figures(a: Said, b: Said) -> bool:
    """Sentences that count something date their figures, not an event."""
    row = [t.word for s in (a, b) for t in analyse(s.text).tokens]
    return any(w[0].isdigit() and len(w) != 4 and int_of(w) > 31 for w in row)


def int_of(word: str) -> int:
    """The number a token begins with."""
    digits = re.match(r"\d+", word)
    return int(digits.group()) if digits else 0
