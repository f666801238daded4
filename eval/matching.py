"""When text holds a quote, and when an answer holds a fact: the matching rules, once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from rapidfuzz import fuzz

from rag.text import fold
from rag.types import Hit

PARTIAL = 85.0
"""Least ``rapidfuzz.fuzz.partial_ratio`` for a passage to count as holding a quote."""
BUDGETS = {5: 6_000, 10: 12_000}
"""Characters of ranked passages that count at @5 and @10, so that larger passages buy nothing."""


@lru_cache(maxsize=8192)
def normal(text: str) -> str:
    """Lower case, white space collapsed."""
    return " ".join(text.lower().split())


def holds(text: str, quote: str) -> bool:
    """Whether a text contains a quote, or matches it with ``partial_ratio >= 85``.

    A text shorter than the quote is never matched approximately: ``partial_ratio`` slides the shorter
    string over the longer, so that any scrap of a quote would score 100.
    """
    have, wanted = normal(text), normal(quote)
    if not wanted:
        return False
    if wanted in have:
        return True
    if len(have) < PARTIAL / 100 * len(wanted):
        return False
    return fuzz.partial_ratio(wanted, have, score_cutoff=PARTIAL) >= PARTIAL


def within_budget(hits: Sequence[Hit], characters: int) -> list[tuple[str, str]]:
    """``(document id, text)`` of the ranked passages up to a number of characters; the last is cut."""
    found, left = [], characters
    for hit in hits:
        if left <= 0:
            break
        found.append((hit.passage.document_id, hit.passage.text[:left]))
        left -= len(hit.passage.text)
    return found


def found_in(passages: Iterable[tuple[str, str]], doc: str, quote: str) -> bool:
    """Whether one of the passages, in the right document, holds the quote."""
    return any(d == doc and holds(text, quote) for d, text in passages)


@lru_cache(maxsize=8192)
def _pattern(spelling: str) -> re.Pattern[str]:
    wanted = re.escape(fold(spelling).text).replace(r"\ ", r"\s+")
    before = r"(?<![\d])(?<!\d[.,])" if spelling[:1].isdigit() else ""
    after = r"(?![\d])(?![.,]\d)" if spelling[-1:].isdigit() else ""
    return re.compile(before + wanted + after)


def mentions(text: str, spelling: str) -> bool:
    """Whether a text holds a spelling: case, quotation marks and dashes evened out.

    Digits match whole numbers only: ``170`` is neither in ``1,170`` nor in ``170.5``.  Letters match
    anywhere, because gold sets give stems (``Kurd``).

    >>> mentions("1,170 of them", "170"), mentions("only 170 voted", "170")
    (False, True)
    """
    return bool(_pattern(spelling).search(fold(text).text))
