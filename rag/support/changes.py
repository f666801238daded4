"""Figures in their places: what a change starts from, ends at and amounts to, and when each figure held.

``from 310 to 360`` is neither ``by 360`` nor ``to 310``; ``1,200 in May, up from 800 in April`` says
which month had more; ``14 to 9`` is not ``9 to 14``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from rag.support.names import MONTHS, name_tokens
from rag.support.numbers import Quantity, quantities
from rag.support.tokens import Analysed, analyse, key

_CHANGE = frozenset(key(w) for w in ("increase", "decrease", "augmenter", "baisser", "ارتفع", "انخفض", "double"))
_TO = frozenset({"to", "à", "a", "الى", "reached", "reaching"})
_BY = frozenset({"by", "de", "بنسبه"})
_VAGUE = frozenset("about around some nearly almost over more than just under roughly approximately environ".split())
_UP = frozenset("more higher larger greater bigger above plus".split())
_DOWN = frozenset("fewer less lower smaller below moins".split())
_TOLD_UP, _TOLD_DOWN = key("increase"), key("decrease")


@lru_cache(maxsize=8192)
def change_roles(text: str) -> tuple[tuple[float, str], ...]:
    """``(value, from|to|by)`` for the figures of clauses that tell a change."""
    analysed = analyse(text)
    row = analysed.tokens
    if not any(t.key in _CHANGE for t in row):
        return ()
    found: list[tuple[float, str]] = []
    for q in quantities(text):
        if q.year or not any(t.key in _CHANGE for t in row if t.sentence == row[q.at].sentence):
            continue
        role = _role(analysed, q)
        if role:
            found.append((q.value, role))
    return tuple(found)


def _role(analysed: Analysed, q: Quantity) -> str:
    row = analysed.tokens
    before = [t.word for t in row[max(0, q.at - 3) : q.at] if t.sentence == row[q.at].sentence]
    near = next((w for w in reversed(before) if w not in _VAGUE), "")
    after = [t.word for t in row[q.end : q.end + 4]]
    if near in {"de", "from", "من"}:
        opens = any(w in _TO for w in after) or near == "from"
        return "from" if opens else "by"
    if near in _TO:
        return "to"
    return "by" if near in _BY else ""


def change_problems(statement: str, quotes: Sequence[str]) -> list[str]:
    """A figure moved between the start, the end and the size of a change."""
    mine = change_roles(statement)
    if not mine:
        return []
    theirs = [pair for quote in quotes for pair in change_roles(quote)]
    problems = []
    for value, role in mine:
        roles = {r for v, r in theirs if v == value}
        if roles and role not in roles:
            problems.append(f"“{role} {value:g}” is “{sorted(roles)[0]} {value:g}” in the quotes")
    return problems


_SCORE = re.compile(r"(?<![\d.,])(\d+)\s*(?:to|-|–|à)\s*(\d+)(?!\d|[.,]\d)")


def score_problems(statement: str, quotes: Sequence[str]) -> list[str]:
    """``9 to 14`` for a vote of ``14 to 9``."""
    told = set(_SCORE.findall(statement))
    have = {pair for quote in quotes for pair in _SCORE.findall(quote)}
    return [f"“{a} to {b}” is “{b} to {a}” in the quotes" for a, b in told if (b, a) in have and (a, b) not in have]


# --------------------------------------------------------------------------- when, or of whom, each figure held


@lru_cache(maxsize=8192)
def anchored(text: str) -> tuple[tuple[str, str, float], ...]:
    """``(kind, anchor, value)``: the year, month or named place that directly follows a figure."""
    analysed = analyse(text)
    row = analysed.tokens
    figures = {q.at: q for q in quantities(text) if not q.year}
    names = {t.start for t in name_tokens(analysed)}
    found = []
    last: Quantity | None = None
    for i, token in enumerate(row):
        if i in figures:
            last = figures[i]
            continue
        if last is None or row[last.at].sentence != token.sentence or i - last.end > 6:
            continue
        kind = _anchor_kind(token.word, token.start in names)
        if kind and row[i - 1].word in {
            "in",
            "of",
            "en",
            "neighbouring",
            "neighboring",
            "by",
            "at",
            "عام",
            "في",
            "for",
        }:
            found.append((kind, token.word, last.value))
            last = None
    return tuple(found)


_HELD = frozenset("in of en neighbouring neighboring by at for عام في".split())


def _anchor_kind(word: str, named: bool) -> str:
    if re.fullmatch(r"(?:1[89]|20)\d\d", word):
        return "year"
    if word in MONTHS:
        return "month"
    return "name" if named else ""


def anchor_problems(statement: str, quotes: Sequence[str]) -> list[str]:
    """A figure of one year, month or place told of another that the quotes give another figure for."""
    problems = []
    for quote in quotes:
        theirs = anchored(quote)
        for kind, anchor, value in anchored(statement):
            right = {a for k, a, v in theirs if k == kind and v == value}
            other = [v for k, a, v in theirs if k == kind and a == anchor and v != value]
            if right and anchor not in right and other:
                problems.append(f"“{value:g}” is the figure of {sorted(right)[0]} in the quotes, not of {anchor}")
        problems += _ordered(statement, quote, theirs)
    return list(dict.fromkeys(problems))


def ordering(statement: str, quotes: Sequence[str]) -> bool | None:
    """Whether the quotes' figures bear out ``more in A than in B``; None when they do not say."""
    verdicts = [_bears_out(statement, anchored(quote), quote) for quote in quotes]
    return next((v for v in verdicts if v is not None), None)


def _ordered(statement: str, quote: str, theirs: tuple[tuple[str, str, float], ...]) -> list[str]:
    if _bears_out(statement, theirs, quote) is False:
        return ["the quotes' figures say the opposite of this comparison"]
    return []


def _bears_out(statement: str, theirs: tuple[tuple[str, str, float], ...], quote: str) -> bool | None:
    row = analyse(statement).tokens
    at = next((i for i, t in enumerate(row) if t.word == "than"), None)
    if at is None or quantities(" ".join(t.raw for t in row[max(0, at - 3) : at])):
        return None
    up = _direction([t.word for t in row[max(0, at - 6) : at]])
    if up is None:
        return None
    right = _value_of(theirs, [t.word for t in row[at:]])
    left = _value_of(theirs, [t.word for t in row[:at]])
    figures = {q.value for q in quantities(quote) if not q.year}
    if left is None and right is not None and len(figures) == 2:
        (left,) = figures - {right}
    if right is None and {t.word for t in row[at:]} & {"earlier", "before", "previously"}:
        roles = {role: value for value, role in change_roles(quote)}
        left, right = roles.get("to"), roles.get("from")
    if left is None or right is None or left == right:
        return None
    return (left > right) == up


def _direction(words: Sequence[str]) -> bool | None:
    for word in reversed(words):
        if word in _UP:
            return True
        if word in _DOWN:
            return False
    return None


def _value_of(theirs: tuple[tuple[str, str, float], ...], words: Sequence[str]) -> float | None:
    return next((v for _, a, v in theirs if a in words), None)


def difference_problems(statement: str, quotes: Sequence[str]) -> tuple[list[str], frozenset[float]]:
    """``400 more than in April``: problems, and differences that the quotes' figures bear out."""
    row = analyse(statement).tokens
    stated = []
    for q in quantities(statement):
        after = [t.word for t in row[q.end : q.end + 4]]
        if not q.year and after[:1] and after[0] in _UP | _DOWN and "than" in after:
            stated.append(q.value)
    if not stated:
        return [], frozenset()
    values = {q.value for quote in quotes for q in quantities(quote) if not q.year}
    gaps = {round(abs(a - b), 6) for a in values for b in values if a != b}
    told = {v for quote in quotes for v in _told_gaps(quote)}
    right = frozenset(v for v in stated if round(v, 6) in gaps and v not in values)
    wrong = [v for v in stated if v in values and v not in told and gaps and round(v, 6) not in gaps]
    return [f"“{v:g} more or less” is a figure, not a difference, in the quotes" for v in wrong], right


def _told_gaps(quote: str) -> list[float]:
    """Differences that the quote itself states: ``up 2 points``, ``12 more``."""
    row = analyse(quote).tokens
    found = []
    for q in quantities(quote):
        around = {t.word for t in (*row[max(0, q.at - 1) : q.at], *row[q.end : q.end + 3])}
        if around & (_UP | _DOWN | {"up", "down", "by"}) or {t.key for t in row[q.end : q.end + 3]} & {
            _TOLD_UP,
            _TOLD_DOWN,
        }:
            found.append(q.value)
    return found


# --------------------------------------------------------------------------- fractions and percentages

_FRACTION = {
    "half": 50.0, "quarter": 25.0, "third": 100 / 3, "fifth": 20.0, "tenth": 10.0, "quarters": 25.0,
    "thirds": 100 / 3, "fifths": 20.0, "tenths": 10.0,
}  # fmt: skip
_TIMES = {"two": 2, "three": 3, "four": 4, "nine": 9, "seven": 7}
_IN = re.compile(r"\b(one|two|three|four|nine)\s+(?:in|out of)\s+(two|three|four|five|six|eight|ten|twenty)\b", re.I)
_OF_IN = {
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "twenty": 20,
}


@lru_cache(maxsize=4096)
def fractions(text: str) -> tuple[float, ...]:
    """Percentages that words state: ``a quarter`` is 25, ``one in five`` 20, ``two thirds`` 66.7."""
    row = analyse(text).tokens
    found = [100.0 * _OF_IN[m[1].lower()] / _OF_IN[m[2].lower()] for m in _IN.finditer(text)]
    for i, token in enumerate(row):
        share = _FRACTION.get(token.word)
        before = row[i - 1].word if i else ""
        if share is None or (before not in {"a", "one", *_TIMES} and token.word != "half"):
            continue
        found.append(share * _TIMES.get(before, 1))
    return tuple(found)


def fraction_problems(statement: str, quotes: Sequence[str]) -> list[str]:
    """``one third`` for ``two thirds``, ``one of the three`` for ``two of the three``."""
    have = [f for quote in quotes for f in fractions(quote)]
    have += [q.value for quote in quotes for q in quantities(quote) if q.unit == "%"]
    problems = []
    if any(fractions(quote) for quote in quotes):
        wrong = [f for f in fractions(statement) if not any(abs(f - h) < 0.7 for h in have)]
        problems += [f"the quotes do not state a share of {f:.0f} percent" for f in wrong]
    parts = {pair for quote in quotes for pair in _parts_of(quote)}
    for part, whole in _parts_of(statement):
        if (part, whole) not in parts and any(w == whole for _, w in parts):
            problems.append(f"the quotes do not say {part} of {whole}")
    return problems


_COUNT = {w: i for i, w in enumerate("zero one two three four five six seven eight nine ten eleven twelve".split())}
_PART = re.compile(r"\b([A-Za-z]+|\d+) (?:of|out of) (?:the |its |their )?([a-z]+|\d+)\b")


def _parts_of(text: str) -> list[tuple[int, int]]:
    found = []
    for a, b in _PART.findall(text):
        part, whole = (int(w) if w.isdigit() else _COUNT.get(w.lower()) for w in (a, b))
        if part is not None and whole is not None:
            found.append((part, whole))
    return found


def pairing_problems(statement: str, quotes: Sequence[str]) -> list[str]:
    """``abolished in 2013`` where the quotes have ``suspended in 2013 and abolished in 2018``."""
    for quote in quotes:
        theirs = _pairings(quote)
        for word, value in _pairings(statement):
            own = {v for w, v in theirs if w == word}
            owners = {w for w, v in theirs if v == value}
            if own and owners and value not in own and word not in owners:
                return [f"“{value}” goes with “{sorted(owners)[0]}” in the quotes"]
    return []


@lru_cache(maxsize=8192)
def _pairings(text: str) -> tuple[tuple[str, str], ...]:
    """``(word, year, month or figure)`` for each word directly joined to one by a preposition."""
    row = analyse(text).tokens
    figures = {q.at: f"{q.value:g}" for q in quantities(text)}
    found = []
    for i in range(2, len(row)):
        value = figures.get(i) or (row[i].word if row[i].word in MONTHS else None)
        if value is None or row[i - 1].word not in {"in", "of", "on", "en", "في"} or row[i].clause != row[i - 2].clause:
            continue
        if row[i - 2].content and not row[i - 2].word[0].isdigit():
            found.append((row[i - 2].key, value))
    return tuple(found)
