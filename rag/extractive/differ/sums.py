"""Sources that contradict themselves within a sentence: shares that cannot make a whole."""

from __future__ import annotations

import re

_PERCENT = re.compile(r"(\d+(?:\.\d+)?)\s?(?:%|percent|per cent)")


def bad_sum(text: str) -> float | None:
    """The sum of a sentence's shares when there are three or more and they cannot make a whole.

    >>> bad_sum("60% Shia, 28% Sunnis, and 22% other minorities")
    110.0
    >>> bad_sum("50% yes, 30% no, 20% undecided") is None
    True
    """
    shares = [float(m) for m in _PERCENT.findall(text)]
    if len(shares) < 3:
        return None
    total = sum(shares)
    return total if 100.5 < total < 140 or 85 < total < 99 else None
