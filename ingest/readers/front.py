"""Front matter: what a title page says about title, authors, publisher and date.

Used by the PDF, DOCX and HTML readers.  Nothing is guessed: a value is taken only where the words
on the page say what it is, and a date only where it is printed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_MONTH_NAMES = (
    ("january", "jan", "janvier", "januar"),
    ("february", "feb", "février", "februar"),
    ("march", "mar", "mars", "märz"),
    ("april", "apr", "avril"),
    ("may", "mai"),
    ("june", "jun", "juin", "juni"),
    ("july", "jul", "juillet", "juli"),
    ("august", "aug", "août"),
    ("september", "sep", "sept", "septembre"),
    ("october", "oct", "octobre", "oktober"),
    ("november", "nov", "novembre"),
    ("december", "dec", "décembre", "dezember"),
)
_MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES, start=1) for name in names}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DAY_MONTH = re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th|er|\.)?\s+({_MONTH})\.?,?\s+(\d{{4}})\b", re.I)
_MONTH_DAY = re.compile(rf"\b({_MONTH})\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})\b", re.I)
_MONTH_YEAR = re.compile(rf"\b({_MONTH})\.?,?\s+(\d{{4}})\b", re.I)
_ISO = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_CJK = re.compile(r"(\d{4})\s?[년年]\s?(\d{1,2})\s?[월月](?:\s?(\d{1,2})\s?[일日])?")
_COPYRIGHT = re.compile(r"(?:©|\(c\)|copyright)[^\d\n]{0,40}?((?:19|20)\d{2})\b", re.I)
_LABEL = re.compile(
    r"\b(authors?|written by|by|publisher|published by|published|date|publication date|series|"
    r"translation|translated by|translator|licence|license)\s*:\s*",
    re.I,
)
_NOT_A_TITLE = re.compile(
    r"^(?:microsoft (?:word|powerpoint|excel)\b|untitled|slide \d|powerpoint presentation|document\d*$|"
    r"title$|template|layout \d|print(?:ing)?\b|\(?anonymous)|"
    r"\.(?:docx?|pdf|pptx?|indd|qxd|tex|rtf|odt|xlsx?|ps)\b|"
    r"^[\w.-]*\d[\w.-]*$|_",
    re.I,
)
_NOT_A_PERSON = re.compile(
    r"^an?\s|\d|@|[_/\\|<>]|\b(?:user|admin\w*|owner|author|microsoft|office|unknown|default|scanner|adobe|"
    r"institutes?|cent(?:er|re)|university|universit\w+|department|ministry|agency|foundation|company|corp|"
    r"inc|ltd|llc|group|team|press|office|report|reports|journal|press|committee|council|college|school|"
    r"faculty|and|the|of|for|in|on|to|with|from|abstract|introduction|contents|summary|section|editor|"
    r"engineers?|society|association|bureau|commission|services?|research|briefing|desk|governor|inquiries|release)\b|"
    r"شرک|شركة|مركز|مرکز|معهد|جامعة|دانشگاه|وزارة|وزارت|مؤسسة|مجلة|مرصد|بورس",
    re.I,
)
_NAME = re.compile(
    r"(?:(?:Dr|Prof|Professor|Mr|Mrs|Ms|Sir|Lord|Gen|General|Amb|Ambassador)\.?\s+)*"
    r"(?:[^\W\d_]\.\s*){0,3}[^\W\d_][\w'’.-]+(?:\s+(?:[^\W\d_]\.|(?:al|el|bin|ibn|von|van|de|da|di|la|le|der|ul|du)|"
    r"[^\W\d_][\w'’.-]+)){1,4}"
)


def printed_date(lines: Iterable[str]) -> tuple[str, str | None] | None:
    """``(ISO date of the precision printed, note)`` from short front-matter lines, or None.

    A line that is a date (with few words around it) wins over a copyright line.
    """
    copyright_year: str | None = None
    for line in lines:
        if len(line) > 200:
            continue
        year = _COPYRIGHT.search(line)
        if year and copyright_year is None:
            copyright_year = year[1]
        if year or _about_another(line):
            continue
        found = date_in(line)
        if found and _mostly_a_date(line):
            return found, None
    return (copyright_year, "copyright line") if copyright_year else None


def date_in(text: str) -> str | None:
    """The first date in a text, in the precision it has, as ISO; years 1900 to 2100 only."""
    if (m := _ISO.search(text)) and _plausible(m[1], m[2], m[3]):
        return m.group()
    if (m := _CJK.search(text)) and _plausible(m[1], m[2], m[3] or "1"):
        return "-".join([m[1], *(f"{int(p):02d}" for p in m.groups()[1:] if p)])
    if m := _DAY_MONTH.search(text):
        return _iso(m[3], m[2], m[1])
    if m := _MONTH_DAY.search(text):
        return _iso(m[3], m[1], m[2])
    if m := _MONTH_YEAR.search(text):
        return _iso(m[2], m[1], None)
    return None


def _iso(year: str, month: str, day: str | None) -> str | None:
    number = f"{_MONTHS[month.lower()]:02d}"
    if not _plausible(year, number, day or "1"):
        return None
    return f"{year}-{number}" if day is None else f"{year}-{number}-{int(day):02d}"


def _plausible(year: str, month: str, day: str) -> bool:
    return 1900 <= int(year) <= 2100 and 1 <= int(month) <= 12 and 1 <= int(day) <= 31


def _about_another(line: str) -> bool:
    return bool(
        re.search(
            r"\b(?:accessed|retrieved|received|accepted|revised|conducted|survey|digest of|deadline|"
            r"effective|filed|argued|decided|submitted|expires|viewed|visit|meeting)\b",
            line,
            re.I,
        )
    )


def _mostly_a_date(line: str) -> bool:
    stripped = line
    for pattern in (_ISO, _CJK, _DAY_MONTH, _MONTH_DAY, _MONTH_YEAR):
        stripped = pattern.sub(" ", stripped)
    words = re.findall(r"[^\W\d_]{2,}", stripped)
    labelled = re.search(r"\b(?:published|publication date|date|released?|issued)\b", line, re.I)
    return len(words) <= (12 if labelled else 8)


def labelled(line: str) -> dict[str, str]:
    """``Author: … Publisher: … Published: …`` on one line, as a mapping with folded keys."""
    marks = list(_LABEL.finditer(line))
    if not marks or line[: marks[0].start()].strip():
        return {}
    found: dict[str, str] = {}
    for mark, following in zip(marks, [*marks[1:], None], strict=True):
        value = line[mark.end() : following.start() if following else len(line)].strip(" ;·|,")
        if value:
            found.setdefault(_FIELDS.get(mark[1].lower(), mark[1].lower()), value)
    return found


_FIELDS = {
    "author": "authors",
    "authors": "authors",
    "written by": "authors",
    "by": "authors",
    "published by": "publisher",
    "date": "published",
    "publication date": "published",
    "translation": "translator",
    "translated by": "translator",
    "license": "licence",
}


def names(text: str) -> tuple[str, ...]:
    """The persons a byline names; empty when the line is not clearly one."""
    line = re.sub(r"^(?:by|authors?:|written by)\s+", "", text.strip(), flags=re.I)
    line = re.sub(r"[⁰¹²³⁴⁵⁶⁷⁸⁹*†‡§]+(?:[,\s]*[⁰¹²³⁴⁵⁶⁷⁸⁹*†‡§]+)*", "", line)
    parts = [p.strip() for p in re.split(r"\s*(?:,|;|&|\band\b|\bet\b|\bund\b)\s*", line) if p.strip()]
    if not parts or len(line) > 300:
        return ()
    if all(is_person(part) for part in parts):
        return tuple(dict.fromkeys(parts))
    return ()


def byline(text: str) -> tuple[str, ...]:
    """Like :func:`names`; after an explicit *By* an institution counts too."""
    found = names(text)
    match = re.match(r"by\s+(?=[A-Z])(.{3,60})$", text.strip(), re.I)
    if found or not match or len(match[1].split()) > 6 or re.search(r"[\d.:!?]", match[1]):
        return found
    return (match[1],) if all(w[0].isupper() or len(w) < 4 for w in match[1].split()) else ()


def is_person(text: str) -> bool:
    """True for something like a person's full name: two to five capitalised words."""
    if _NOT_A_PERSON.search(text) or not _NAME.fullmatch(text):
        return False
    significant = [w for w in text.split() if len(w) > 3]
    return all(w[0].isupper() or not w[0].islower() for w in significant) and not text.isupper()


def sound_title(title: str | None, file_like: bool = True) -> str | None:
    """A title as file properties state it, or None when it is a program's or a file's name."""
    if not title:
        return None
    title = " ".join(title.split())
    if len(title) < 4 or len(title) > 300 or (file_like and _NOT_A_TITLE.search(title)):
        return None
    if not re.search(r"[^\W\d_]{3}", title):
        return None
    return title
