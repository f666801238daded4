"""The ledger of figures: value, unit, what is counted, as of when, by whom; conflicts marked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.extractive.candidates import Candidate
from rag.extractive.differ import bad_sum
from rag.labels import readable_date
from rag.memo.dates import dates
from rag.memo.differ import pairs
from rag.text import STOPWORDS

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
_INDIRECT = re.compile(
    r"\bwhether\b|\b(?:asks?|asked|wonders?|wondered|unknown|unclear) (?:if|how many|how much)\b", re.IGNORECASE
)
_SUPPOSED = re.compile(
    r"\b(?:if|unless|suppos(?:e|ing)|assum(?:e|es|ing)|imagine|in case|hypothetical(?:ly)?|were there)\b", re.IGNORECASE
)
_DENIED = re.compile(
    r"\b(?:not|never|n[o’'t]+ truth|den(?:y|ies|ied|ying)|reject(?:s|ed|ing)?|refut(?:es|ed|ing)|disput(?:es|ed|ing)|"
    r"disprov(?:es|ed|en)|untrue|false|falsely|wrongly|mistakenly|no evidence|rumou?rs?)\b"
    r"(?!\s+(?:only|just|merely|least|even|to mention|exceed\w*|more|less|fewer|below|above|yet))|\w+n[’']t\b",
    re.IGNORECASE,
)
_CURRENCY = {"$": "US$", "\\$": "US$", "US$": "US$", "€": "€", "£": "£"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure of a sentence before it has its citation; ``start`` and ``end`` are offsets in the sentence."""

    candidate: Candidate
    value: str
    unit: str | None
    scope: str
    as_of: str | None
    as_of_note: str | None
    start: int
    end: int
    note: str | None = None


def figures(candidate: Candidate) -> list[Figure]:
    """The figures of a sentence; years, days, names with numbers (Law 40, F-16) are none, nor
    what is asked, supposed or denied.
    """
    text = candidate.text
    dated = dates(text)
    total = bad_sum(text)
    note = f"The shares in this sentence add up to {total:g} %." if total else None
    found: list[Figure] = []
    for match in _VALUE.finditer(text):
        if not _claimed(text, match.start("number")) or not _counts(text, match, [(d.start, d.end) for d in dated]):
            continue
        as_of, as_of_note = _as_of(candidate, match.start())
        found.append(
            Figure(
                candidate=candidate,
                value=match.group().replace("\\", "").strip(),
                unit=_unit(text, match),
                scope=_scope(text, match.start(), match.end()),
                as_of=as_of,
                as_of_note=as_of_note,
                start=match.start(),
                end=match.end(),
                note=note,
            )
        )
    return found


def _claimed(text: str, at: int) -> bool:
    """Whether the sentence says the figure at an offset: it neither asks, supposes nor denies it.

    >>> text = "The board denied that 40 dams had failed, and counts 12."
    >>> _claimed(text, text.index("40")), _claimed(text, text.index("12"))
    (False, True)
    """
    if text.rstrip("”’)\" ").endswith(("?", "؟")) or _INDIRECT.search(text[:at]):
        return False
    clause = max((m.end() for m in _CLAUSE.finditer(text) if m.end() <= at), default=0)
    return not _SUPPOSED.search(text[clause:at]) and not _DENIED.search(text[clause:at])


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
    sentences = list({(f.candidate.document_id, f.candidate.sentence.start): f.candidate for f in rows}.values())
    found: list[tuple[int, int]] = []
    for pair in pairs(sentences):
        clash = pair.difference.clash
        if clash is None:
            continue
        mine, theirs = _row(rows, pair.a, clash.mine.start), _row(rows, pair.b, clash.theirs.start)
        if mine is not None and theirs is not None:
            found.append((min(mine, theirs), max(mine, theirs)))
    return sorted(found)


def _row(rows: Sequence[Figure], candidate: Candidate, at: int) -> int | None:
    """The row of the figure that stands at a place of a sentence."""
    for number, figure in enumerate(rows):
        if figure.candidate is candidate and figure.start <= at < figure.end:
            return number
    return None
