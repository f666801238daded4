"""What a line of front matter says: a name, an organisation, a date, a role.  Nothing is guessed."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ingest.words import SMALL_WORDS, word_count

_MONTHS = {
    name.replace("_", " "): number
    for number, names in enumerate(
        (
            "january jan janvier januar يناير كانون_الثاني",
            "february feb février fevrier februar فبراير شباط",
            "march mar mars märz مارس آذار",
            "april apr avril أبريل ابريل نيسان",
            "may mai مايو أيار",
            "june jun juin juni يونيو حزيران",
            "july jul juillet juli يوليو تموز",
            "august aug août aout أغسطس اغسطس آب",
            "september sep sept septembre سبتمبر أيلول",
            "october oct octobre oktober أكتوبر اكتوبر تشرين_الأول",
            "november nov novembre نوفمبر تشرين_الثاني",
            "december dec décembre decembre dezember ديسمبر كانون_الأول",
        ),
        start=1,
    )
    for name in names.split()
}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_YEAR = r"(?:19|20)\d{2}"
_ISO = re.compile(rf"\b({_YEAR})-(\d{{2}})(?:-(\d{{2}}))?(?:T[\d:.Z+-]*)?(?!\d)")
_DAY_MONTH = re.compile(
    rf"\b(\d{{1,2}})(?:st|nd|rd|th|er)?\.?\s+(?:of\s+)?({_MONTH})(?:\s?[/(]\s?(?:{_MONTH})\)?)?\.?,?\s+({_YEAR})\b",
    re.IGNORECASE,
)
_MONTH_DAY = re.compile(rf"\b({_MONTH})\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+({_YEAR})\b", re.IGNORECASE)
_MONTH_YEAR = re.compile(rf"\b({_MONTH})(?:\s?[/(]\s?(?:{_MONTH})\)?)?\.?,?\s+({_YEAR})\b", re.IGNORECASE)
_COPYRIGHT = re.compile(rf"(?:copyright|©|\(c\)|جميع الحقوق)[^\d]{{0,60}}({_YEAR})", re.IGNORECASE)

_ORG_WORD = re.compile(
    r"\b(?:cent(?:er|re)s?|institut(?:e|es|ion)?|universit\w+|foundation|council|ministry|agency|bureau|"
    r"association|organi[sz]ation|society|press|committee|department|office|commission|group|bank|think tank|"
    r"academy|observatory|forum|network|initiative|trust|fondation|fund|corporation|programme|program)\b|مركز|معهد|مرصد|منتدى|مؤسسة|جامعة|وزارة",
    re.IGNORECASE,
)
_SERIES_WORD = re.compile(
    r"\b(?:journal|series|working papers?|policy (?:brief|paper)s?|research papers?|occasional papers?|bulletin|"
    r"periodical|quarterly|biannual|briefing papers?|special report)\b|سلسلة|مجلة|دورية",
    re.IGNORECASE,
)
_STUDIES = re.compile(r"\bstudies\b|دراسات", re.IGNORECASE)
_ISSUE = re.compile(r"\b(?:issue|vol(?:ume)?|no|number|year|nr|n°|numéro|العدد)\.?\s*\d+", re.IGNORECASE)
_ROLE = re.compile(
    r"\b(?:director|researcher|fellow|professor|analyst|editor|historian|lecturer|scholar|expert|head|"
    r"president|chair(?:man|woman)?|minister|ambassador|adviser|advisor|journalist|writer|associate|"
    r"economist|correspondent|consultant|specialist|student|coordinator|officer|founder|"
    r"chercheu(?:r|se)|directeur|directrice|professeur)\b|باحث|مدير|أستاذ|رئيس",
    re.IGNORECASE,
)
_TITLES = r"(?:(?:Dr|Prof|Professor|Mr|Mrs|Ms|Gen|Amb|Sir|Dame|Col|Mme|M)\.?\s+|د\.\s*|أ\.د\.\s*)"
_PARTICLE = r"(?:al|el|bin|ibn|ben|bint|de|da|del|der|den|van|von|di|la|le|du|dos|abu|Abu)"
_NAME_WORD = rf"(?:{_PARTICLE}[-\s])?(?:[A-ZÀ-ÞŠŽ][\w'’.-]*)"
_NAME = re.compile(rf"{_TITLES}*{_NAME_WORD}(?:\s+(?:{_NAME_WORD}|{_PARTICLE}(?=\s))){{1,5}}")
_ARABIC_NAME = re.compile(r"(?:د\.\s*|أ\.د\.\s*|بقلم:?\s*)[\u0600-\u06ff]+(?:\s+[\u0600-\u06ff]+){1,4}")
_BY = re.compile(r"^(?:by|written by|author:?|authors:?|par|von|بقلم:?|إعداد:?)\s+", re.IGNORECASE)
_NOT_A_NAME = re.compile(
    r"\b(?:studies|specialized|abstract|introduction|summary|report|paper|about|since|issued|contents|page|"
    r"copyright|translation|keywords|policy|security|analysis|conclusion|iraq|iran|forces|war|new|the)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Dated:
    """A date in the precision of its source, and where it came from when that is not plain."""

    value: str
    note: str | None = None


def parse_date(text: str) -> str | None:
    """The first full date, month or ISO date in a line, as ``2024``, ``2024-10`` or ``2024-10-05``."""
    text = text.translate(str.maketrans("٠١٢٣٤٥٦٧٨٩", "0123456789"))
    if m := _ISO.search(text):
        return _checked(m[1], m[2], m[3])
    if m := _DAY_MONTH.search(text):
        return _checked(m[3], _MONTHS[m[2].lower()], m[1])
    if m := _MONTH_DAY.search(text):
        return _checked(m[3], _MONTHS[m[1].lower()], m[2])
    if m := _MONTH_YEAR.search(text):
        return _checked(m[2], _MONTHS[m[1].lower()], None)
    if m := re.fullmatch(rf"\s*({_YEAR})\s*", text):
        return m[1]
    return None


def _checked(year: str, month: str | int, day: str | None) -> str | None:
    number = int(month)
    if not 1 <= number <= 12:
        return None
    if day is None:
        return f"{year}-{number:02d}"
    try:
        return dt.date(int(year), number, int(day)).isoformat()
    except ValueError:
        return None  # there is no such day


def copyright_year(text: str) -> str | None:
    """The year of a copyright line."""
    match = _COPYRIGHT.search(text)
    return match[1] if match else None


def is_organisation(text: str) -> bool:
    """True for a short line that names an institute, centre, university, …"""
    if word_count(text) > 14 or _ROLE.search(text) or _SERIES_WORD.search(text):
        return False
    return bool(_ORG_WORD.search(text))


def is_series(text: str) -> bool:
    """True for a short line that names a journal, a series or an issue."""
    if word_count(text) > 14:
        return False
    return bool(_SERIES_WORD.search(text)) or bool(_STUDIES.search(text) and not _ORG_WORD.search(text))


def is_issue(text: str) -> bool:
    """True for a line such as ``Year 8, Issue 20, October 2024``."""
    return word_count(text) <= 14 and bool(_ISSUE.search(text))


def is_role(text: str) -> bool:
    """True for a short line that says what the author is."""
    return word_count(text) <= 30 and bool(_ROLE.search(text)) and not text.rstrip().endswith(("?", ":"))


def names(text: str) -> tuple[str, ...]:
    """The people a byline names, as printed, or nothing when the line is no byline."""
    line = _BY.sub("", text.strip()).rstrip("*†‡ ")
    had_by = len(line) < len(text.strip().rstrip("*†‡ "))
    parts = [
        p.strip(" .") if not p.strip().endswith(("Jr.", "Sr.")) else p.strip()
        for p in re.split(r"\s*(?:[;&،|]|,\s+and\s+|,\s+|\band\b|\bet\b|\bund\b|\s و)\s*", line)
    ]
    parts = [p for p in parts if p]
    if not parts or len(parts) > 12:
        return ()
    for part in parts:
        person = _NAME.fullmatch(part) or _ARABIC_NAME.fullmatch(part)
        organisation = had_by and len(parts) == 1 and word_count(part) <= 8 and part[:1].isupper()
        if organisation:
            continue
        if not person or _ORG_WORD.search(part) or _NOT_A_NAME.search(part) or part.isupper():
            return ()
    return tuple(parts)


def titled(text: str) -> str:
    """A line in capitals in ordinary case (``JOURNAL FOR IRANIAN STUDIES`` → ``Journal for …``)."""
    if not text.isupper() or word_count(text) < 2:
        return text
    low = [w.lower() for w in text.split()]
    return " ".join(w if i and w in SMALL_WORDS else w[:1].upper() + w[1:] for i, w in enumerate(low))


_LANGUAGES = (
    "en",
    "ar",
    "fr",
    "de",
    "es",
    "it",
    "pt",
    "nl",
    "fa",
    "tr",
    "ru",
    "uk",
    "he",
    "ur",
    "pl",
    "zh",
    "ja",
    "ko",
)
_MIN_LETTERS = 40


def detect_language(text: str) -> str | None:
    """ISO 639-1 code of the main language, or None for too little text."""
    letters = sum(c.isalpha() for c in text[:20000])
    if letters < _MIN_LETTERS:
        return None
    code, _ = _identifier().classify(text[:20000])
    return str(code)


@lru_cache(maxsize=1)
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages(list(_LANGUAGES))
    return identifier
