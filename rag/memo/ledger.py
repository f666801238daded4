"""The ledger of figures: value, unit, what is counted, as of when, by whom; conflicts marked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.extractive.candidates import Candidate
from rag.extractive.differ import bad_sum
from rag.labels import readable_date
from rag.memo.dates import dates
from rag.text import STOPWORDS, content_terms, numbers, stem, words

SAME_SUBJECT = 0.5
"""Cosine above which two sentences may count the same thing."""
SHARED_TERMS = 2
"""Words besides the counted noun that two sentences must share to count the same thing."""
LONGEST_SCOPE = 22

_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_VALUE = re.compile(
    rf"(?P<before>\b(?:at least|more than|over|nearly|about|approximately|around|up to|between|no less than|"
    rf"no fewer than|fewer than|less than|some|only|exceed(?:s|ing)?)\s+)?"
    rf"(?P<currency>\\?[$€£]|US\$)?\s?(?<![\w.,/-])(?P<number>{_NUMBER})(?![\w/]|-\w|[.,]\d)"
    rf"(?P<range>\s?(?:-|–|to|and)\s?\\?[$€£]?(?:{_NUMBER})(?![\w/]))?"
    rf"(?P<scale>[\s-](?:thousand|million|billion|trillion|bn|mn)\b)?(?P<percent>\s?(?:%|per ?cent))?",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"(?:\b(?:law|resolution|article|issue|volume|vol|no|number|chapter|page|part|phase|camp|brigade|"
    r"day|year|year of|section|decree|flight|route|block|unit|command|order|bill|act)\.?\s*(?:no\.?\s*)?|"
    r"[A-Za-z][-‑])$",
    re.IGNORECASE,
)
_MONTHS = (
    r"January|February|March|April|May|June|July|August|September|October|November|December|"
    r"Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec"
)
_NEAR_MONTH = re.compile(rf"\b(?:{_MONTHS})\.?\s*(?:the\s+)?$", re.IGNORECASE)
_BEFORE_MONTH = re.compile(rf"^\s*(?:of\s+)?(?:{_MONTHS})\b", re.IGNORECASE)
_CLAUSE = re.compile(r"(?<=[^\d]),\s|,\s(?=[^\d])|;\s|\s[–—]\s|:\s")
_QUALIFYING = re.compile(r"(?:ent|ant|ive|al|ous|ic|ary|able|ible|ful|less|ed|ish|ese)$")
"""Endings of words that qualify what is counted."""
_PART_OF = re.compile(
    r"(?:(?:the\s+)?(?:first|second|third|fourth|last|early|late|mid|end|beginning|start|middle)"
    r"(?:\s+(?:\w+\s+)?(?:half|quarter|months?|weeks?|days?))?(?:\s+of)?(?:\s+the)?(?:\s+year)?|by|until|since|before)"
    r"[\s-]+$",
    re.IGNORECASE,
)
_PERIOD = re.compile(
    r"\b(?:this year|last year|(?:first|second|last|past) (?:\w+ )?(?:months?|weeks?|years?|days?|half|quarter)"
    r"(?: of [^,.;]{3,30})?|since [^,.;]{3,30})",
    re.IGNORECASE,
)
_CURRENCY = {"$": "US$", "\\$": "US$", "US$": "US$", "€": "€", "£": "£"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure of a sentence before it has its citation."""

    candidate: Candidate
    value: str
    unit: str | None
    scope: str
    as_of: str | None
    as_of_note: str | None
    canonical: frozenset[str]
    nouns: tuple[str, ...]
    note: str | None = None


def figures(candidate: Candidate) -> list[Figure]:
    """The figures of a sentence; years, days, names with numbers (Law 40, F-16) are none."""
    text = candidate.text
    dated = dates(text)
    total = bad_sum(text)
    note = f"The shares in this sentence add up to {total:g} %." if total else None
    found: list[Figure] = []
    for match in _VALUE.finditer(text):
        if not _counts(text, match, [(d.start, d.end) for d in dated]):
            continue
        nouns = tuple(
            stem(w) for w in words(text[match.end() : match.end() + 60]) if w not in STOPWORDS
        )[:4]
        as_of, as_of_note = _as_of(candidate, match.start())
        found.append(
            Figure(
                candidate=candidate,
                value=match.group().replace("\\", "").strip(),
                unit=_unit(text, match),
                scope=_scope(text, match.start(), match.end()),
                as_of=as_of,
                as_of_note=as_of_note,
                canonical=frozenset(numbers(match.group().replace("\\", ""))),
                nouns=nouns,
                note=note,
            )
        )
    return found


def _counts(text: str, match: re.Match[str], dated: Sequence[tuple[int, int]]) -> bool:
    at, end = match.start("number"), match.end("number")
    plain = not (match["currency"] or match["percent"] or match["scale"])
    if any(s <= at < e for s, e in dated):
        return False
    if _NAMED.search(text[:at]) or _NEAR_MONTH.search(text[:at]) or _BEFORE_MONTH.match(text[end:]):
        return False
    if plain and re.fullmatch(r"(?:19|20)\d{2}", match["number"]):
        return False
    after = re.match(r"\s+([^\W\d_]{3,})", text[match.end() :])
    if plain and (after is None or after[1].lower() in STOPWORDS):
        return False  # a bare number that counts nothing: a note mark, a list number
    return not (plain and at == 0 and len(match["number"]) < 3)


def _unit(text: str, match: re.Match[str]) -> str | None:
    scale = (match["scale"] or "").strip(" -")
    if match["currency"]:
        return f"{_CURRENCY[match['currency']]} {scale}".strip()
    if match["percent"]:
        return "%"
    following = re.match(r"(?:\s+[^\W\d_][\w’'-]*){1,5}", text[match.end() :])
    if not following:
        return scale or None
    many = [w for w in following.group().split() if len(w) > 3 and w.endswith("s") and not w.endswith("ss")]
    first = following.group().split()[0]
    plain = next((w for w in following.group().split() if not _QUALIFYING.search(w.lower())), first)
    return " ".join(filter(None, [scale, many[0] if many else plain]))


def _scope(text: str, start: int, end: int) -> str:
    """The clause that holds the figure, verbatim, grown to neighbours while it says too little."""
    cuts = [0, *(m.end() for m in _CLAUSE.finditer(text)), len(text)]
    left = max(i for i, c in enumerate(cuts) if c <= start)
    right = min(i for i, c in enumerate(cuts) if c >= end)
    while left > 0 and len(text[cuts[left] : cuts[right]].split()) < 7:
        left -= 1
    clause = text[cuts[left] : cuts[right]].strip(" ,;:–—")
    many = clause.split()
    return clause if len(many) <= LONGEST_SCOPE else " ".join(many[:LONGEST_SCOPE]) + " …"


def _as_of(candidate: Candidate, at: int) -> tuple[str | None, str | None]:
    """The date nearest the figure in its sentence, else the report's own with a note."""
    near = sorted(dates(candidate.text), key=lambda d: (abs(d.start - at), d.start))
    if near:
        part = _PART_OF.search(candidate.text[: near[0].start])
        words_before = " ".join(part.group().split()).removeprefix("the ") + " " if part else ""
        return f"{words_before}{readable_date(near[0].iso)}", None
    published = readable_date(candidate.hit.document.metadata.published)
    return published, "date of the report" if published else "no date given"


def conflicts(rows: Sequence[Figure]) -> list[tuple[int, int]]:
    """Pairs of rows of different documents that count the same thing differently."""
    found: list[tuple[int, int]] = []
    for i, a in enumerate(rows):
        for j in range(i + 1, len(rows)):
            if clash(a, rows[j]):
                found.append((i, j))
    return found


def clash(a: Figure, b: Figure) -> bool:
    """True when two figures of different documents count the same thing differently."""
    if a.candidate.document_id == b.candidate.document_id or a.canonical & b.canonical:
        return False
    noun = set(a.nouns) & set(b.nouns)
    if not noun or not a.unit or stem(a.unit) != stem(b.unit or "") or (a.unit == "%") != (b.unit == "%"):
        return False
    if float(a.candidate.vector @ b.candidate.vector) < SAME_SUBJECT:
        return False
    mine_when, their_when = ({m.lower() for m in _PERIOD.findall(f.candidate.text)} for f in (a, b))
    if mine_when and their_when and not mine_when & their_when:
        return False  # counts of two stretches of time
    shared = set(content_terms(a.candidate.text)) & set(content_terms(b.candidate.text)) - noun
    mine = {c for f in figures(a.candidate) for c in f.canonical}
    theirs = {c for f in figures(b.candidate) for c in f.canonical}
    return len(shared) >= SHARED_TERMS and not mine & theirs
