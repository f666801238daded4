"""By how much something changes: ``rise by a fifth`` beside ``double``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rag.extractive.differ.said import Said, apart, content, contrasted, keys_of, other_names, topic, unresolved, years

LONG_AGO = 3
"""Years between two sources after which another change is meant."""
ROOM = 0.25
"""Share of the larger change by which two may differ and still be about the same."""
ENOUGH = 2
"""Words besides the change that both must share."""

_VERBS = {
    1: r"ris(?:e|es|ing|en)|rose|grow(?:s|ing|n|th)?|grew|increas\w+|climb\w*|jump\w*|go(?:es)? up|went up",
    -1: r"fall(?:s|ing|en)?|fell|drop\w*|declin\w+|decreas\w+|shr[aiu]nk\w*|go(?:es)? down|went down|"
    r"cut(?:s|ting)?|reduc\w+",
}
_BY = {
    sign: re.compile(
        rf"\b(?:{verbs})\b[^,;:.]{{0,60}}\bby\s+(?:about |around |roughly |nearly |some |perhaps |almost )?"
        r"(?:(?P<number>\d+(?:\.\d+)?)\s?(?:%|per ?cent)|"
        r"(?:(?P<times>a|one|two|three)[ -])?(?P<part>half|third|quarter|fifth|tenth)s?\b)",
        re.IGNORECASE,
    )
    for sign, verbs in _VERBS.items()
}
_PARTS = {"half": 50.0, "third": 100 / 3, "quarter": 25.0, "fifth": 20.0, "tenth": 10.0}
_FOLD = {"two": 2, "three": 3}
_TIMES = (
    (re.compile(r"\b(?:doubl(?:e|es|ed|ing)|twice as many|twofold)\b", re.IGNORECASE), 100.0),
    (re.compile(r"\b(?:trebl|tripl)(?:e|es|ed|ing)\b|\bthreefold\b", re.IGNORECASE), 200.0),
    (re.compile(r"\bhalv(?:e|es|ed|ing)\b", re.IGNORECASE), -50.0),
)
_OF = re.compile(r"\b(\w+) of (?:the |its |their )?(\w+(?:[ -]\w+)?)")
_AHEAD = re.compile(
    r"\b(?:will|would|could|might|may|shall|expect\w*|forecast\w*|predict\w*|project(?:s|ed)?|likely|set to)\b",
    re.IGNORECASE,
)
_OF_CHANGE = keys_of(
    """rise rose grow grew growth increase climb jump fall fell drop decline decrease shrink cut reduce double triple
    treble halve forecast expect predict judgement early perhaps by"""
)


@dataclass(frozen=True, slots=True)
class Change:
    """A change in per cent, what the sentence says it is of, and whether it lies ahead."""

    size: float
    of: frozenset[str]
    ahead: bool


@lru_cache(maxsize=8192)
def changed(text: str) -> Change | None:
    """The one change of a sentence that is sized in per cent; None without one or with several."""
    sizes = [value for pattern, value in _TIMES if pattern.search(text)]
    sizes += [sign * _size(match) for sign, pattern in _BY.items() for match in pattern.finditer(text)]
    if len(sizes) != 1:
        return None
    return Change(sizes[0], content(text) - _OF_CHANGE, bool(_AHEAD.search(text)))


def _size(match: re.Match[str]) -> float:
    if match["number"]:
        return float(match["number"])
    return _PARTS[match["part"].lower()] * _FOLD.get((match["times"] or "").lower(), 1)


def changes_apart(a: Said, b: Said, *, asked: frozenset[str] = frozenset()) -> frozenset[str]:
    """The keys of what both see change by other sizes; empty when they speak of other changes.

    Args:
        asked: words of a question that holds the two together, so that one of them is enough.
    """
    mine, theirs = changed(a.text), changed(b.text)
    if mine is None or theirs is None or mine.ahead != theirs.ahead or apart(a, b) > LONG_AGO:
        return frozenset()
    if abs(mine.size - theirs.size) <= ROOM * max(abs(mine.size), abs(theirs.size)):
        return frozenset()
    told, other = years(a), years(b)
    if unresolved(a) or unresolved(b) or (told and other and not told & other):
        return frozenset()
    if other_names(a, b) or contrasted(a.text, b.text) or _of_another(a.text, b.text):
        return frozenset()
    shared = (mine.of & topic(b)) | (theirs.of & topic(a))
    lone = (mine.of - topic(b), theirs.of - topic(a))
    shared -= _OF_CHANGE
    close = len(shared) >= ENOUGH or not (lone[0] and lone[1]) or bool(shared & asked)
    return shared if close else frozenset()


def _of_another(a: str, b: str) -> bool:
    """``the price of bread`` beside ``the price of fuel``."""
    mine, theirs = ({h.lower(): content(what) for h, what in _OF.findall(t)} for t in (a, b))
    return any(mine[h] and theirs[h] and not mine[h] & theirs[h] for h in mine.keys() & theirs.keys())
