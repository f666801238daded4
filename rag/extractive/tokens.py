"""Tokens of a sentence, with its numbers told apart: a count is not a year, a share not an article's number."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from rag.text import STOPWORDS, word_spans, words

REACH = 6
"""Words on either side of a number that may be what it counts: ``2,500 of the American soldiers``."""


class Kind(StrEnum):
    """What a token is; ``LABEL`` is a number that names (``F-16``, ``Article 4``, ``12th``)."""

    WORD = "word"
    COUNT = "count"
    PERCENT = "percent"
    MONEY = "money"
    DATE = "date"
    LABEL = "label"
    MARK = "mark"


COUNTS = frozenset({Kind.COUNT})
SHARES = frozenset({Kind.PERCENT})
MEASURES = frozenset({Kind.COUNT, Kind.MONEY, Kind.PERCENT})


@dataclass(frozen=True, slots=True)
class Token:
    """``word`` is folded as by :func:`rag.text.words`; ``capital``: written with a capital letter."""

    word: str
    kind: Kind
    capital: bool = False


MONTHS = frozenset(
    """january february march april may june july august september october november december jan feb mar apr
    jun jul aug sep sept oct nov dec""".split()
)
_SPELT = frozenset(
    """one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
    seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred hundreds
    thousand thousands million millions billion billions trillion dozen dozens half pair couple no none
    several few many both""".split()
)
"""Vague counts too: where a source says "several soldiers", the question how many is not beside the point."""
_LABELLED = frozenset(
    """article articles resolution order law act phase section chapter paragraph table figure brigade no number
    paper page note tower channel group camp line day part version division battalion regiment grade tier
    model route decree decision vol volume issue annex""".split()
)
_MONEY = frozenset("dollar dollars dinar dinars euro euros pound pounds usd iqd eur".split())
_BREAKS = frozenset(".;:?!|")
_TOKEN = re.compile(
    r"(?P<dotted>\b(?:[A-Za-z]\.){2,})"
    r"|(?P<label>[A-Za-z]+-?\d[\w-]*|\d+(?:st|nd|rd|th)\b)"
    r"|(?P<sign>(?:US|AU|C)?[$€£]\s?)?(?P<digits>\d{1,3}(?:[,\u00a0\u202f]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?P<percent>\s?(?:%|per ?cent\b))?"
    r"|(?P<word>[^\W\d_]+(?:['’-][^\W\d_]+)*)"
    r"|(?P<mark>[^\w\s])"
)


@lru_cache(maxsize=4096)
def tokens(text: str) -> tuple[Token, ...]:
    """The tokens of a sentence in order; kept, because the same sentences are looked at again and again."""
    found: list[Token] = []
    matches = list(_TOKEN.finditer(text))
    for at, match in enumerate(matches):
        raw = match.group()
        if match.group("label"):
            found.append(Token(folded(raw), Kind.LABEL, True))
        elif match.group("digits"):
            kind = _number_kind(match, found, [m.group().lower() for m in matches[at + 1 : at + 3]])
            found.append(Token(match.group("digits"), kind))
        elif match.group("mark"):
            found.append(Token(raw, Kind.MARK))
        else:
            word = folded(raw)
            found.append(Token(word, Kind.COUNT if word in _SPELT else Kind.WORD, raw[0].isupper()))
    return tuple(found)


def folded(raw: str) -> str:
    """One printed word as it is compared: ``F-16s`` → ``f-16``, ``al-Asad`` → ``al-asad``."""
    if re.fullmatch(r"(?:[A-Za-z]\.)+", raw):
        return words(raw)[0]
    if re.fullmatch(r"[A-Za-z]+-?\d[\w-]*", raw):
        return re.sub(r"(?<=\d)s$", "", raw.lower())
    return "-".join(w for w, _, _ in word_spans(raw)) or raw.lower()


def _number_kind(match: re.Match[str], before: Sequence[Token], following: Sequence[str]) -> Kind:
    if match.group("percent"):
        return Kind.PERCENT
    if match.group("sign") or _MONEY & set(following):
        return Kind.MONEY
    digits = match.group("digits")
    previous = before[-1].word if before else ""
    if previous == "." and len(before) > 1 and before[-2].word in _LABELLED:
        previous = before[-2].word  # No. 12
    after = following[0] if following else ""
    if re.fullmatch(r"(?:1[89]|20)\d\d", digits) or (len(digits) <= 2 and (previous in MONTHS or after in MONTHS)):
        return Kind.DATE
    if previous in _LABELLED or previous == "[" or (not before and after in (".", ")")):
        return Kind.LABEL
    return Kind.COUNT


def beside(row: Sequence[Token], kinds: frozenset[Kind]) -> Iterator[str]:
    """Words that stand within :data:`REACH` words of a number of these kinds, in the same clause."""
    for at, token in enumerate(row):
        if token.kind not in kinds:
            continue
        for step in (1, -1):
            seen, here = 0, at + step
            while 0 <= here < len(row) and seen < REACH:
                other = row[here]
                if other.kind is Kind.MARK and other.word in _BREAKS:
                    break
                if other.kind in (Kind.WORD, Kind.LABEL):
                    seen += 1
                    if other.word not in STOPWORDS:
                        yield other.word
                here += step
