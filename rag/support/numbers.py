"""Quantities of a text with unit, scale, bound and rate, and whether a statement keeps them.

A number keeps its value, unit and bound: ``at least 500`` is not ``500``, ``5 %`` not ``5 points``.
Rounding is allowed only when the statement says that it rounds (``about``) and stays within 5 %.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.support.tokens import Analysed, Found, Token, analyse, find, table

ROUNDING = 0.05  # what "about" may hide; more would change a figure's first two digits

_SCALES = {
    "thousand": 1e3, "thousands": 1e3, "mille": 1e3, "ألف": 1e3, "الف": 1e3, "الاف": 1e3, "k": 1e3,
    "million": 1e6, "millions": 1e6, "m": 1e6, "mn": 1e6, "مليون": 1e6,
    "billion": 1e9, "billions": 1e9, "bn": 1e9, "milliard": 1e9, "milliards": 1e9, "مليار": 1e9,
    "trillion": 1e12, "trillions": 1e12, "tn": 1e12, "hundred": 1e2, "dozen": 12.0,
}  # fmt: skip
_SPELT = {
    w: float(i)
    for i, w in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ]
    )
} | {
    w: (i + 2) * 10.0
    for i, w in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"])
}
_SPELT |= {
    w: float(i + 2)
    for i, w in enumerate(["deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze"])
}
_SPELT |= dict(
    zip(
        ["ثلاثه", "اربعه", "خمسه", "سته", "سبعه", "ثمانيه", "تسعه", "عشره"],
        map(float, range(3, 11)),
        strict=True,
    )
)
_SPELT |= dict(zip(["ثلاث", "اربع", "خمس", "ست", "سبع", "ثماني", "تسع", "عشر"], map(float, range(3, 11)), strict=True))
_PERCENT = {"percent", "pc", "pct", "percentage"}
_CURRENCY = {
    "$": "$", "€": "€", "£": "£", "dollar": "$", "dollars": "$", "usd": "$", "euro": "€", "euros": "€",
    "eur": "€", "pound": "£", "pounds": "£", "sterling": "£", "gbp": "£", "dinar": "dinar",
    "dinars": "dinar", "yen": "yen", "rupees": "rupee", "دولار": "$", "يورو": "€", "دينار": "dinar",
}  # fmt: skip
_MEASURES = {
    "megawatt": "mw", "megawatts": "mw", "mw": "mw", "gigawatt": "gw", "gigawatts": "gw", "gw": "gw",
    "kilometre": "km", "kilometres": "km", "kilometers": "km", "km": "km", "mile": "mile",
    "miles": "mile", "tonne": "t", "tonnes": "t", "tons": "t", "hectare": "ha", "hectares": "ha",
    "acres": "acre", "barrels": "barrel", "barrel": "barrel", "degrees": "degree", "litres": "litre",
    "years": "year", "year": "year", "months": "month", "month": "month", "weeks": "week",
    "week": "week", "days": "day", "day": "day", "hours": "hour", "hour": "hour", "minutes": "minute",
    "ans": "year", "années": "year", "mois": "month", "semaines": "week", "jours": "day",
    "decade": "decade", "decades": "decade", "century": "century", "centuries": "century",
    "سنوات": "year", "سنه": "year", "اشهر": "month", "شهر": "month", "ايام": "day", "يوم": "day",
    "اسابيع": "week", "ميغاواط": "mw",
}  # fmt: skip
_BOUNDS = table(
    {
        "at least": "min", "no fewer than": "min", "no less than": "min", "not less than": "min",
        "not fewer than": "min", "a minimum of": "min", "minimum of": "min", "or more": "min",
        "at a minimum": "min", "au moins": "min", "ما لا يقل عن": "min", "على الأقل": "min",
        "more than": "over", "over": "over", "above": "over", "exceeding": "over", "upwards of": "over",
        "in excess of": "over", "exceeded": "over", "exceed": "over", "exceeds": "over", "plus de": "over",
        "greater than": "over", "topped": "over", "surpassed": "over",
        "أكثر من": "over", "اكثر من": "over", "تجاوز": "over",
        "up to": "max", "at most": "max", "no more than": "max", "not more than": "max",
        "as many as": "max", "as much as": "max", "a maximum of": "max", "maximum of": "max",
        "or less": "max", "or fewer": "max", "jusqu'à": "max", "au plus": "max", "capped at": "max",
        "at the most": "max", "not exceed": "max", "لا يتجاوز": "max", "ما يصل إلى": "max",
        "less than": "under", "fewer than": "under", "under": "under", "below": "under",
        "moins de": "under", "أقل من": "under", "اقل من": "under",
        "about": "about", "around": "about", "roughly": "about", "approximately": "about",
        "some": "about", "nearly": "about", "almost": "about", "estimated": "about", "circa": "about",
        "or so": "about", "close to": "about", "just under": "under", "just over": "over",
        "environ": "about", "près de": "about", "quelque": "about", "حوالي": "about", "نحو": "about",
        "قرابة": "about", "estimated at": "about", "an estimated": "about",
        "approximativement": "about", "estimates": "about", "estimate": "about", "a little over": "over",
        "a little under": "under", "well over": "over", "close on": "about",
    }
)  # fmt: skip
_ALLOWED: dict[str, set[str]] = {
    "": {"", "about", "min", "max"},
    "min": {"min"},
    "over": {"over", "min"},
    "max": {"max"},
    "under": {"under", "max"},
    "about": {"about"},
}
_IN_WORDS = {"min": "at least", "over": "more than", "max": "up to", "under": "less than", "about": "about"}
_RATE = {
    "year": "year", "annum": "year", "month": "month", "day": "day", "week": "week", "hour": "hour",
    "annually": "year", "annual": "year", "yearly": "year", "monthly": "month", "daily": "day",
    "weekly": "week", "an": "year", "mois": "month", "jour": "day", "سنويا": "year", "شهريا": "month",
    "يوميا": "day",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number: value with its scale applied, unit, bound, rate, and the token it stands at."""

    value: float
    unit: str
    bound: str
    per: str
    at: int
    end: int
    raw: str

    @property
    def year(self) -> bool:
        """True for a bare number that can only be read as a calendar year."""
        return not self.unit and not self.bound and re.fullmatch(r"(1[89]|20)\d\d", self.raw) is not None


@lru_cache(maxsize=8192)
def quantities(text: str) -> tuple[Quantity, ...]:
    """All quantities of a text, in order."""
    analysed = analyse(text)
    bounds = find(analysed.tokens, _BOUNDS)
    found: list[Quantity] = []
    index = 0
    while index < len(analysed.tokens):
        quantity = _read(analysed, index, bounds)
        if quantity is None:
            index += 1
            continue
        found.append(quantity)
        index = max(quantity.end, index + 1)
    return tuple(found)


def _read(analysed: Analysed, index: int, bounds: list[Found]) -> Quantity | None:
    tokens, text = analysed.tokens, analysed.text
    value, end = _value(analysed, index)
    if value is None:
        return None
    while end < len(tokens) and tokens[end].word in _SCALES and _adjacent(text, tokens[end - 1], tokens[end]):
        value *= _SCALES[tokens[end].word]
        end += 1
    if value == 1 and tokens[index].word == "one":
        return None  # "one" is a pronoun too often
    unit, end_unit = _unit(analysed, index, end)
    bound = _bound(bounds, index, end_unit, tokens)
    lasting = any(_MEASURES.get(t.word) in _DURATIONS for t in tokens[end : end + 4])
    if bound == "over" and lasting and "over" in {t.word for t in tokens[max(0, index - 3) : index]}:
        bound = ""  # "over three years" is how long, not how many at least
    return Quantity(
        value=value,
        unit=unit,
        bound=bound,
        per=_per(tokens, end_unit),
        at=index,
        end=end,
        raw=text[tokens[index].start : tokens[end - 1].end],
    )


def _value(analysed: Analysed, index: int) -> tuple[float | None, int]:
    tokens, text = analysed.tokens, analysed.text
    word = tokens[index].word
    if word in _SPELT:
        value = _SPELT[word]
        after = index + 1
        if value >= 20 and after < len(tokens) and 0 < _SPELT.get(tokens[after].word, 0) < 10:
            gap = text[tokens[index].end : tokens[after].start]
            if gap in {"-", " ", "‑"}:
                return value + _SPELT[tokens[after].word], after + 1
        return value, after
    if not word[0].isdigit():
        return None, index
    plain = tokens[index].raw
    end = index + 1
    while end < len(tokens) and re.fullmatch(r"\d{3}", tokens[end].raw) and len(plain) <= 3 * (end - index):
        gap = text[tokens[end - 1].end : tokens[end].start]
        if gap not in {"\u00a0", "\u202f"} and not (gap == " " and analysed.language == "fr"):
            break
        plain += tokens[end].raw
        end += 1
    plain = re.sub(r",(?=\d{3}(?!\d))", "", plain).replace(",", ".")
    try:
        return float(plain), end
    except ValueError:  # 12:30, 3/4, 1.2.3: kept as a word, compared as such
        return None, index


_DURATIONS = frozenset({"year", "month", "week", "day", "hour", "minute", "decade", "century"})


_BEHIND = frozenset(
    {
        "or more", "or less", "or fewer", "at least", "at most", "or so", "at a minimum",
        "at the most", "على الأقل",
    }
)  # fmt: skip


@lru_cache(maxsize=8192)
def bound_tokens(text: str) -> frozenset[int]:
    """Indices of tokens that bound a number (``or more``, ``no less than``)."""
    analysed = analyse(text)
    marks = find(analysed.tokens, _BOUNDS)
    found: set[int] = set()
    for q in quantities(text):
        for mark in marks:
            after = mark.phrase.lower() in _BEHIND and 0 <= mark.start - q.end <= 2
            if 0 <= q.at - mark.end <= 1 or after:
                found.update(range(mark.start, mark.end))
    return frozenset(found)


def _adjacent(text: str, left: Token, right: Token) -> bool:
    return text[left.end : right.start].strip(" -\u00a0\u202f") == ""


def _unit(analysed: Analysed, start: int, end: int) -> tuple[str, int]:
    tokens, text = analysed.tokens, analysed.text
    after = text[tokens[end - 1].end : tokens[end - 1].end + 2].strip()
    before = text[max(0, tokens[start].start - 2) : tokens[start].start].strip()
    sign = next((c for c in before[-1:] if c in "$€£"), "") or next((c for c in after[:1] if c in "$€£"), "")
    if sign:
        return sign, end
    nxt = tokens[end].word if end < len(tokens) else ""
    following = tokens[end + 1].word if end + 1 < len(tokens) else ""
    if after.startswith("%"):
        return "%", end
    if nxt in {"percentage", "point", "points"} and (nxt != "percentage" or following.startswith("point")):
        return "point", end + 1
    if nxt in _PERCENT or (nxt in {"per", "pour"} and following in {"cent", "100"}):
        return "%", end + (2 if nxt in {"per", "pour"} else 1)
    if nxt == "في" and following in {"المئه", "المايه", "الميه"}:
        return "%", end + 2
    if nxt == "بالميه" or nxt == "بالمئه":
        return "%", end + 1
    if nxt in _CURRENCY:
        return _CURRENCY[nxt], end + 1
    if nxt in {"de", "d"} and following in _CURRENCY:
        return _CURRENCY[following], end + 2
    if nxt in _MEASURES:
        return _MEASURES[nxt], end + 1
    return "", end


def _bound(bounds: list[Found], start: int, end: int, tokens: tuple[Token, ...]) -> str:
    for found in bounds:
        if 0 <= start - found.end <= 1 and tokens[found.start].sentence == tokens[start].sentence:
            return found.value
        if 0 <= found.start - end <= 1 and found.phrase.lower() in _BEHIND:
            return found.value
    return ""


def _per(tokens: tuple[Token, ...], end: int) -> str:
    for token in tokens[end : end + 4]:
        if token.word in {"per", "a", "each", "every", "par", "في", "an"}:
            continue
        if token.word in _RATE and (
            token.word.endswith(("ly", "يا"))
            or tokens[tokens.index(token) - 1].word in {"per", "a", "each", "every", "par"}
        ):
            return _RATE[token.word]
    return ""


def number_problems(
    statement: str,
    quotes: Sequence[str],
    allowed: frozenset[str],
    differences: frozenset[float] = frozenset(),
    shares: Sequence[float] = (),
) -> list[str]:
    """Problems of each number of the statement.

    Args:
        statement: its body.
        quotes: the cited quotes.
        allowed: years the document's date carries.
        differences: values that follow from two figures of the quotes.
        shares: percentages that the quotes state as fractions (``a quarter``).
    """
    have = [q for quote in quotes for q in quantities(quote)]
    problems: list[str] = []
    for wanted in quantities(statement):
        if wanted.year and str(int(wanted.value)) in allowed:
            continue
        if wanted.value in differences or (wanted.unit == "%" and _is_share(wanted, shares)):
            continue
        problem = _problem(wanted, have)
        if problem and not _counts_list(statement, wanted):
            problems.append(problem)
    problems += _dropped_ranges(statement, quotes)
    return problems


def _is_share(wanted: Quantity, shares: Sequence[float]) -> bool:
    """A percentage for a fraction: to the point, or rounded to a whole one when it does not come out even."""
    return any(abs(wanted.value - s) < (0.01 if s == round(s) else 0.7) for s in shares)


def _counts_list(statement: str, wanted: Quantity) -> bool:
    """``Three steps: a; b; and c`` counts its own list."""
    head, colon, rest = statement.partition(":")
    if not colon or wanted.at > 3 or wanted.raw not in head or wanted.raw[0].isdigit():
        return False
    items = rest.split(";") if ";" in rest else re.split(r",\s*(?:and\s+)?|\s+and\s+", rest)
    return len([i for i in items if i.strip()]) == wanted.value


def _problem(wanted: Quantity, have: Sequence[Quantity]) -> str | None:
    same = [q for q in have if q.value == wanted.value]
    if not same:
        return _rounded(wanted, have)
    units = [q for q in same if _units_agree(wanted, q)]
    if not units:
        return f"“{wanted.raw}” has another unit in the quotes"
    if wanted.year:
        return None
    rated = [q for q in units if not (wanted.per and q.per and wanted.per != q.per)]
    if not rated:
        return f"“{wanted.raw}” is per {units[0].per} in the quotes, not per {wanted.per}"
    if any(wanted.bound in _ALLOWED[q.bound] for q in rated):
        return None
    found = rated[0].bound
    if not wanted.bound:
        return f"the quotes say “{_IN_WORDS[found]}” before {wanted.raw}; the statement drops it"
    return f"“{_IN_WORDS[wanted.bound]} {wanted.raw}” is not what the quotes say"


def _units_agree(wanted: Quantity, quoted: Quantity) -> bool:
    if wanted.unit == quoted.unit:
        return True
    strict = {"%", "point", "$", "€", "£"}
    if not wanted.unit or not quoted.unit:
        return not ({wanted.unit, quoted.unit} & {"%", "point"})
    return not ({wanted.unit, quoted.unit} & strict) and wanted.unit == quoted.unit


def _rounded(wanted: Quantity, have: Sequence[Quantity]) -> str | None:
    missing = f"“{wanted.raw}” is not in the quotes"
    for q in have:
        if q.year or not q.value or not _units_agree(wanted, q) or q.bound in {"min", "max"}:
            continue
        off = (wanted.value - q.value) / q.value
        if abs(off) > ROUNDING:
            continue
        if wanted.bound == "about":
            return None
        if wanted.bound in {"over", "min"} and off < 0 and q.bound in {"", "over"}:
            return None
        if wanted.bound in {"under", "max"} and off > 0 and q.bound in {"", "under"}:
            return None
    return missing


def _dropped_ranges(statement: str, quotes: Sequence[str]) -> list[str]:
    stated = {q.value: q for q in quantities(statement)}
    problems = []
    for quote in quotes:
        for low, high in ranges(quote):
            one = [v for v in (low, high) if v in stated]
            if len(one) == 1:
                bound = stated[one[0]].bound
                fits = {"min", "over"} if one[0] == low else {"max", "under"}
                if bound not in fits:
                    problems.append(f"the quotes give a range, {low:g} to {high:g}; the statement one end")
    return problems


@lru_cache(maxsize=4096)
def ranges(text: str) -> tuple[tuple[float, float], ...]:
    """``between 5,000 and 7,000`` and ``3–4`` as pairs; spans of calendar years are left out."""
    analysed = analyse(text)
    found = []
    row = quantities(text)
    for low, high in itertools.pairwise(row):
        if low.year or high.year or low.value >= high.value or high.at - low.end > 2:
            continue
        between = analysed.text[analysed.tokens[low.end - 1].end : analysed.tokens[high.at].start]
        link = between.strip(" $€£%").lower()
        opener = analysed.tokens[low.at - 1].word if low.at else ""
        if link in {"-", "–", "—", "to", "à", "الى", "إلى"} or (
            link in {"and", "et", "و"} and opener in {"between", "entre", "بين"}
        ):
            if opener in {"from", "de", "من"} and link in {"to", "à", "الى", "إلى"}:
                continue  # "from 10 to 20" tells a change, not a range
            found.append((low.value, high.value))
    return tuple(found)
