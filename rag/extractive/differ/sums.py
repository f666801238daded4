"""Shares of a whole: sentences whose shares cannot make one, and the same shares given of different wholes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from rag.extractive.candidates import Candidate
from rag.extractive.differ.said import Said, content, keys_of
from rag.question import asks_for_shares

_PERCENT = re.compile(r"(\d+(?:\.\d+)?)\s?(?:%|percent|per cent)")
RELEVANT = 0.42
"""Least cosine to the question of a sentence that is named though the answer does not quote it."""
LEAST = 3
"""Shares in a sentence from which they are taken for the parts of one whole."""
_PARTS = re.compile(
    r"\bshares\b|\bpercentages\b|\bproportions\b|\bbreak\s?downs?\b|\bmake-?up\b|\bmade up of\b|"
    r"\bcompos(?:ition|ed of)\b|\b(?:divided|split|distributed)\b|\brépartition\b|توزيع|تركيب",
    re.IGNORECASE,
)
_COUNTING = keys_of("member membership membership's share body account make count include consist comprise about")


def bad_sum(text: str) -> float | None:
    """The sum of a sentence's shares when there are three or more and they cannot make a whole.

    >>> bad_sum("60% Shia, 28% Sunnis, and 22% other minorities")
    110.0
    >>> bad_sum("50% yes, 30% no, 20% undecided") is None
    True
    """
    shares = _shares(text)
    if len(shares) < LEAST:
        return None
    total = sum(shares)
    return total if 100.5 < total < 140 or 85 < total < 99 else None


def asks_for_parts(question: str) -> bool:
    """Whether it wants all of them, not the share of one.

    >>> asks_for_parts("What share of the guard is from the hills?")
    False
    """
    return bool(_PARTS.search(question))


def of_other_wholes(a: Said, b: Said) -> frozenset[str]:
    """What each says is divided, when both give the same shares of different wholes; else empty.

    >>> sorted(of_other_wholes(Said("The club: 50% A, 30% B, 20% C."), Said("The town is 50% A, 30% B, 20% C.")))
    ['club', 'town']
    """
    if len(_shares(a.text)) < LEAST or sorted(_shares(a.text)) != sorted(_shares(b.text)):
        return frozenset()
    mine, theirs = _divided(a.text), _divided(b.text)
    lone, other = mine - theirs, theirs - mine
    return lone | other if lone and other else frozenset()


def not_whole(
    question: str, ranked: Iterable[Candidate], chosen: Iterable[Candidate], shown: Iterable[str]
) -> list[tuple[Candidate, float]]:
    """Sentences whose shares cannot make a whole, each once, with the sum: those of the answer and, where a question
    is about shares, those that were found for it.

    Args:
        shown: what the positions of disagreements quote.
    """
    claims = " \n".join(shown)
    wanted = asks_for_shares(question)
    found = [c for c in ranked if c.text in claims or (wanted and c.cosine >= RELEVANT)]
    once = {c.text: c for c in (*found, *chosen)}
    return [(c, total) for text, c in once.items() if (total := bad_sum(text)) is not None]


@lru_cache(maxsize=8192)
def _shares(text: str) -> tuple[float, ...]:
    return tuple(float(m) for m in _PERCENT.findall(text))


def _divided(text: str) -> frozenset[str]:
    """Keys of what stands before the first share; where it stands first, of the last words."""
    first = _PERCENT.search(text)
    before = content(text[: first.start()]) - _COUNTING if first else frozenset()
    return before or content(text) - _COUNTING
