"""Is one thing traced to different causes?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rag.extractive.differ.said import Said, apart, content, other_names, rival_words, topic
from rag.support.tokens import analyse

LONG_AGO = 4

_BACKWARD = re.compile(
    r"\b(?:(?:was|were|is|are|been|being)\s+(?:mainly |mostly |primarily |chiefly )?"
    r"(?:caused|driven|prompted|triggered|provoked|motivated|explained)\s+by|"
    r"(?:was|were|is|are)\s+(?:mainly |mostly |primarily |chiefly )?(?:due to|the result of|a result of|rooted in)|"
    r"stems? from|stemmed from|results? from|resulted from|springs? from|comes? from|driven by|owed to)\b",
    re.IGNORECASE,
)
_FORWARD = re.compile(
    r"\b(?:led to|leads to|caused|causes|explains?|explained|drives|drove|prompted|triggered|provoked|brought about|"
    r"(?:is|are|was|were) behind)\b",
    re.IGNORECASE,
)
_PARTLY = re.compile(
    r"\b(?:partly|also|among other|in part|one of the|one reason|a number of|combination)\b", re.IGNORECASE
)
_CLAUSE = re.compile(r"[,;:–—]\s|\s(?:which|that|who|and not|not)\s")


@dataclass(frozen=True, slots=True)
class Cause:
    """The keys of an effect and of its cause."""

    effect: frozenset[str]
    cause: frozenset[str]


@lru_cache(maxsize=8192)
def traced(text: str) -> Cause | None:
    """The cause that a sentence gives; none when it gives one of several."""
    if _PARTLY.search(text):
        return None
    for pattern, effect_first in ((_BACKWARD, True), (_FORWARD, False)):
        found = pattern.search(text)
        if not found:
            continue
        before, after = content(text[: found.start()]), content(_CLAUSE.split(text[found.end() :].strip())[0])
        if before and after:
            return Cause(before, after) if effect_first else Cause(after, before)
    return None


def causes_apart(a: Said, b: Said) -> frozenset[str]:
    """The keys of the effect that the two trace to different causes; empty when they do not."""
    mine, theirs = traced(a.text), traced(b.text)
    if mine is None or theirs is None or apart(a, b) > LONG_AGO or other_names(a, b):
        return frozenset()
    shared = mine.effect & theirs.effect
    if not shared or (mine.effect - topic(b) and theirs.effect - topic(a)):
        return frozenset()
    if len(shared) < 0.6 * min(len(mine.effect), len(theirs.effect)):
        return frozenset()
    apart_ = not mine.cause & theirs.cause or _rivals(mine.cause, theirs.cause, a, b)
    return shared if apart_ else frozenset()


def _rivals(one: frozenset[str], other: frozenset[str], a: Said, b: Said) -> bool:
    del one, other
    return rival_words(a.text, b.text) and bool(analyse(a.text).keys & analyse(b.text).keys)
