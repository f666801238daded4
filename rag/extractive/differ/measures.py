"""What a sentence counts: value as an interval, unit, the noun counted, who has or suffers it."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache

from rag.extractive.differ.said import keys_of, nation, telling
from rag.support.names import MONTHS
from rag.support.numbers import Quantity, quantities, ranges
from rag.support.tokens import Analysed, Token, analyse

_DAYS = {"day": 1.0, "week": 7.0, "month": 30.4, "year": 365.0, "decade": 3650.0, "hour": 1 / 24, "minute": 1 / 1440}
_SHARES = {"half": 50.0, "third": 100 / 3, "quarter": 25.0, "fifth": 20.0, "tenth": 10.0}
_SHARE = re.compile(
    r"\b(?P<bound>about|around|roughly|nearly|almost|over|more than|less than|under|at least)?\s*"
    r"(?:(?P<times>a|one|two|three|four|nine)[\s-](?P<part>third|quarter|fifth|tenth)s?|(?P<half>half))"
    r"(?=\s+(?:of|the|in|a|its|their)\b|\s*[.,;)])",
    re.IGNORECASE,
)
_ODDS = re.compile(
    r"\b(?P<of>one|two|three|four|nine)\s+(?:in|out of)\s+"
    r"(?P<all>two|three|four|five|six|seven|eight|nine|ten|twenty)\b",
    re.IGNORECASE,
)
_INTS = {w: i for i, w in enumerate("zero one two three four five six seven eight nine ten".split())} | {
    "a": 1, "twenty": 20,
}  # fmt: skip
_PART = re.compile(
    r"(?P<part>\d[\d,]*)\s+(?:out\s+)?of\s+(?:the\s+|its\s+|their\s+)?(?P<all>\d[\d,]*)\b|"
    r"^\s*of\s+[^,.]{0,40}?(?P<whole>\d[\d,]*)\b[^,.]{0,40},\s+(?P<some>\d[\d,]*)\b",
    re.IGNORECASE,
)
_CHANGED = keys_of("increase decrease double triple half")
_IRREGULAR = frozenset("people men women children personnel staff troops police cattle aircraft".split())
_STRENGTH = frozenset("strength headcount manpower ranks".split())
_MEN = set(keys_of("fighters"))
_STOP_NOUN = frozenset("with whose which that who after before".split())
_NAMED_NUMBER = re.compile(
    r"(?:\b(?:law|resolution|article|issue|volume|no|number|chapter|page|phase|camp|brigade|division|paper|"
    r"section|decree|flight|route|block|unit|order|bill|act|table|figure|note|unit)\.?\s*(?:no\.?\s*)?|[A-Za-z][-‑])$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure: ``low`` to ``high`` of ``unit`` (``%``, ``$``, ``day``, ``km``, empty for a plain count).

    ``head`` holds the keys of the counted noun (empty when the number stands alone), ``noun`` those of
    the whole noun phrase, ``left`` what stands before it in the sentence, ``subject`` and
    ``owner`` the first and the nearest of that (or the noun's qualifiers), ``action`` what is done to or
    by what is counted, ``change`` whether it is a rise or fall, ``out_of`` the whole of a part.
    """

    low: float
    high: float
    unit: str
    raw: str
    head: frozenset[str]
    noun: frozenset[str]
    left: frozenset[str]
    subject: frozenset[str]
    owner: frozenset[str]
    action: frozenset[str]
    change: bool
    out_of: float | None = None
    start: int = 0

    def apart_from(self, other: Measure) -> bool:
        """Whether both cannot be true: the intervals have no value in common, rounding forgiven."""
        if self.low <= other.high and other.low <= self.high:
            return False
        gap = max(self.low, other.low) - min(self.high, other.high)
        size = min(abs(self.high if math.isfinite(self.high) else self.low), abs(other.high))
        return not (size >= ROUND_FROM and math.isfinite(size) and gap < ROUND * size)


OWNER = 3
"""Content words at the sentence's beginning and right before a figure that name whose it is."""
ROUND_FROM, ROUND = 1000.0, 0.02
"""Figures from a thousand up that lie within two per cent are the same figure, rounded."""


@lru_cache(maxsize=8192)
def measures(text: str) -> tuple[Measure, ...]:
    """The figures of a sentence in order; years, days of a month and numbered names are none."""
    analysed = analyse(text)
    spans = ranges(text)
    row = quantities(text)
    skip: set[int] = set()
    found: list[Measure] = [*_worded(analysed)]
    parts = {m.start("part" if m["part"] else "some"): m for m in _PART.finditer(text)}
    taken = [(m.start(), m.end()) for m in (*_ODDS.finditer(text), *_SHARE.finditer(text))]
    wholes = {m.start("all" if m["part"] else "whole") for m in parts.values()}
    for i, q in enumerate(row):
        start = analysed.tokens[q.at].start
        if i in skip or start in wholes or not _counts(analysed, q) or any(s <= start < e for s, e in taken):
            continue
        low, high = interval(q)
        if i + 1 < len(row) and (q.value, row[i + 1].value) in spans:
            low, high, q = q.value, row[i + 1].value, row[i + 1]
            skip.add(i + 1)
        whole = parts.get(start)
        out_of = float((whole["all"] or whole["whole"]).replace(",", "")) if whole else None
        found.append(_measure(analysed, q, low, high, start, out_of))
    return tuple(sorted(found, key=lambda m: m.start))


def interval(q: Quantity) -> tuple[float, float]:
    """What values a quantity leaves open: its bound, or the vagueness of ``about``."""
    value = q.value * _DAYS.get(q.unit, 1.0)
    if q.bound in {"min", "over"}:
        return value, math.inf
    if q.bound in {"max", "under"}:
        return -math.inf, value
    if q.bound == "about":
        return 0.93 * value, 1.07 * value
    return value, value


def _counts(analysed: Analysed, q: Quantity) -> bool:
    row, text = analysed.tokens, analysed.text
    token = row[q.at]
    if q.year or _NAMED_NUMBER.search(text[: token.start]):
        return False
    before, after = (row[q.at - 1].word if q.at else ""), (row[q.end].word if q.end < len(row) else "")
    if not q.unit and ((before in MONTHS and q.value <= 31) or (after in MONTHS and q.value <= 31)):
        return False
    if not q.unit and token.word[0].isalpha() and q.value < 3 and after in {"", "of", "and", "sides"}:
        return False  # "the two of them"
    return not (q.unit and q.unit in _DAYS and after in {"ago", "old", "earlier", "later", "before", "after"})


def _worded(analysed: Analysed) -> list[Measure]:
    """Shares and odds in words, as percentages with room for their vagueness."""
    found = []
    for match in _ODDS.finditer(analysed.text):
        value = 100.0 * _INTS[match["of"].lower()] / _INTS[match["all"].lower()]
        found.append(_at(analysed, match, value - 2, value + 2))
    for match in _SHARE.finditer(analysed.text):
        times = 1 if match["half"] else _INTS[match["times"].lower()]
        value = times * _SHARES["half" if match["half"] else match["part"].lower()]
        bound = (match["bound"] or "").lower()
        if bound in {"over", "more than", "at least"}:
            found.append(_at(analysed, match, value, 100.0))
        elif bound in {"less than", "under"}:
            found.append(_at(analysed, match, 0.0, value))
        else:
            found.append(_at(analysed, match, value - 4, value + 4))
    return found


def _at(analysed: Analysed, match: re.Match[str], low: float, high: float) -> Measure:
    at = next(i for i, t in enumerate(analysed.tokens) if t.end > match.start())
    end = next((i for i, t in enumerate(analysed.tokens) if t.start >= match.end()), len(analysed.tokens))
    q = Quantity(value=high, unit="%", bound="", per="", at=at, end=end, raw=match.group().strip())
    return _measure(analysed, q, low, high, match.start(), None)


def _measure(
    analysed: Analysed, q: Quantity, low: float, high: float, start: int, out_of: float | None
) -> Measure:
    row = analysed.tokens
    phrase = _phrase(row, q, analysed.text, counted=not q.unit)
    before = row[: q.at]
    head = {phrase[-1].key} if phrase else set()
    if not head and not q.unit and any(t.word in _STRENGTH for t in before[-6:]):
        head = _MEN
    unit = "day" if q.unit in _DAYS else q.unit
    sentence = row[q.at].sentence
    left = [nation(t) for t in before if t.sentence == sentence and telling(t)]
    behind = [t for t in row[q.end :] if t.sentence == sentence]
    return Measure(
        low=low,
        high=high,
        unit=unit,
        raw=q.raw if not q.unit or q.unit not in _DAYS else f"{q.raw} {q.unit}",
        head=frozenset(head),
        noun=frozenset(t.key for t in phrase),
        left=frozenset(left),
        subject=frozenset(left[:OWNER]),
        owner=_owner(left, phrase),
        action=_action(before, [t for t in behind if t not in phrase], phrase),
        change=_is_change(before, behind),
        out_of=out_of,
        start=start,
    )


def _owner(left: list[str], phrase: list[Token]) -> frozenset[str]:
    """The words right before the figure; failing these, the noun's own qualifiers."""
    return frozenset(left[-OWNER:]) or frozenset(nation(t) for t in phrase[:-1] if telling(t))


def _phrase(row: tuple[Token, ...], q: Quantity, text: str, *, counted: bool) -> list[Token]:
    """The noun phrase behind a number, its head last."""
    at = q.end
    if not counted:
        while at < len(row) and row[at].word in {"of", "the", "its", "cent", "percent", "a", q.unit}:
            at += 1
    elif at + 1 < len(row) and row[at].word == "of":
        at += 1  # "30 of 42 pumps"
        while at < len(row) and (row[at].word in {"the", "its", "their"} or row[at].word[0].isdigit()):
            at += 1
    taken: list[Token] = []
    for i in range(at, min(len(row), at + 6)):
        token = row[i]
        gap = text[row[i - 1].end : token.start] if i else ""
        if i > at and re.search(r"[,;:()—–.|]", gap):
            break
        if token.word == "and" and taken and not _plural(taken[-1]):
            continue
        if len(token.word) == 1 or (token.word.isdigit() and gap in {"-", "‑"}):
            continue  # "34 F-16 fighters"
        if (not token.content and token.word not in {"people", "states"}) or token.word in _STOP_NOUN:
            break
        taken.append(token)
        if _plural(token) and token.raw[:1].islower():
            break
    return taken


def _plural(token: Token) -> bool:
    word = token.word
    return word in _IRREGULAR or (len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")))


_HAVING = keys_of(
    """have has had count number include comprise consist employ hold host total amount record log report estimate
    put register belong participate remain stay exist shelter member contain maintain station deploy launch carry
    conduct make see boast operate keep run work serve list publish live stand reach cost registered recorded find
    found give gave get got strength size participation average measure house available active payroll home claim
    declare enjoy"""
)


_DEED = frozenset("lost won built shot sold spent sent left took bought hit struck fell went".split())
_FILLER = frozenset("only some about at least more than the of over nearly almost around fewer less up to just".split())


def _action(before: tuple[Token, ...], behind: list[Token], phrase: list[Token]) -> frozenset[str]:
    """Keys of the verb nearest to what is counted, those that only say that it exists left out."""
    near = [t for t in before[-3:] if t.content and (t.word.endswith("ed") or t.word in _DEED)][-1:]
    if phrase and all(t.word in _FILLER or t.clause != phrase[0].clause for t in before):
        near = [t for t in behind[:5] if t.content and t.clause == phrase[-1].clause][:2]
    return frozenset(t.key for t in near if t.key not in _HAVING and t.raw[:1].islower())


def _is_change(before: tuple[Token, ...], behind: list[Token]) -> bool:
    """``rose by 12``, ``12 more than``."""
    words = [t.word for t in before[-2:]]
    if "by" in words and any(t.key in _CHANGED for t in before[-6:]):
        return True
    if before and before[-1].key in _CHANGED and before[-1].word not in {"to", "at", "down", "up", "higher", "lower"}:
        return not any(t.word == "to" for t in before[-1:])
    return any(t.word in {"more", "fewer", "less", "higher", "lower"} for t in behind[:2])
