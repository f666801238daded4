"""Acronyms that a text expands itself: ``United Nations Assistance Mission for Iraq (UNAMI)``.

Method: the letters of the acronym must be the initials (or longer beginnings) of the words before
the bracket, in order; only small words may be passed over.  Stricter than Schwartz and Hearst
(2003), who let any letter count: a wrong pair would send searches astray.
"""

from __future__ import annotations

import re

_SMALL = frozenset(
    "of the for and in to on by at with against from de du des la le les et en pour l d a an or".split()
)
_LETTERS = r"[A-Z][A-Za-z0-9&/-]{0,11}[A-Za-z0-9]"
_AFTER = re.compile(rf"\(\s*(?:the\s+)?[\"“'‘]?(?P<acronym>{_LETTERS})[\"”'’]?\s*(?:[,;][^()\n]*)?\)")
_BEFORE = re.compile(rf"(?<![\w-])(?P<acronym>{_LETTERS})\s*\((?:the\s+)?(?P<long>[^()\n]{{5,100}})\)")
_WORD = re.compile(r"[^\W\d_][\w'’]*|\d+")
_REACH = 130


def acronyms(text: str) -> list[tuple[str, str]]:
    """``(acronym, expansion)`` pairs in order of appearance, without repeats; pure.

    >>> acronyms("The Status of Forces Agreement (SOFA) and KDP (Kurdistan Democratic Party) ...")
    [('SOFA', 'Status of Forces Agreement'), ('KDP', 'Kurdistan Democratic Party')]
    """
    found: dict[tuple[str, str], int] = {}
    for match in _AFTER.finditer(text):
        acronym = _singular(match["acronym"])
        long = _expansion_before(text, match.start(), acronym)
        if long:
            found.setdefault((acronym, long), match.start())
    for match in _BEFORE.finditer(text):
        acronym = _singular(match["acronym"])
        long = " ".join(match["long"].split())
        if _is_acronym(acronym) and _fits(acronym, _WORD.findall(long)):
            found.setdefault((acronym, long), match.start())
    return sorted(found, key=lambda pair: (found[pair], pair))


def _singular(acronym: str) -> str:
    return acronym[:-1] if acronym.endswith("s") and acronym[:-1].isupper() else acronym


def _is_acronym(acronym: str) -> bool:
    return sum(c.isupper() for c in acronym) >= 2


def _expansion_before(text: str, end: int, acronym: str) -> str | None:
    """The shortest run of words right before ``end`` that the acronym abbreviates."""
    if not _is_acronym(acronym):
        return None
    start = max(0, end - _REACH)
    words = list(_WORD.finditer(text, start, end))
    if words and text[words[-1].end() : end].strip(" \t\"'”’\n"):
        return None  # a comma, full stop or bracket stands between
    for count in range(2, min(len(words), len(acronym) + 6) + 1):
        tail = words[-count:]
        run = text[tail[0].start() : tail[-1].end()]
        if re.search(r"[.;:()!?]|\n\s*\n", run):
            return None
        if _fits(acronym, [m.group() for m in tail]):
            return " ".join(run.split())
    return None


def _fits(acronym: str, words: list[str]) -> bool:
    """True when the words abbreviate to the acronym, first and last word taking part."""
    letters = re.sub(r"[^a-z0-9]", "", acronym.lower())
    folded = [w.lower() for w in words]
    if not 2 <= len(folded) <= len(letters) + 6 or folded[0] in _SMALL or folded[-1] in _SMALL:
        return False
    return _consume(letters, folded)


def _consume(letters: str, words: list[str]) -> bool:
    if not words:
        return not letters
    word, rest = words[0], words[1:]
    if word in _SMALL and _consume(letters, rest):
        return True
    longest = 0
    while longest < min(len(letters), len(word)) and letters[longest] == word[longest]:
        longest += 1
    return any(_consume(letters[taken:], rest) for taken in range(1, longest + 1))
