"""Dates in sentences: printed form, ISO form, place.  Pure."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass

_MONTH = {m.lower(): n for n, m in enumerate(calendar.month_name) if m} | {
    m.lower(): n for n, m in enumerate(calendar.month_abbr) if m
} | {"sept": 9}
_NAMES = (
    r"(?P<month>January|February|March|April|May|June|July|August|September|October|November|December|"
    r"Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec)\.?"
)
_PATTERNS = tuple(
    re.compile(p)
    for p in (
        rf"\b{_NAMES}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>(?:19|20)\d{{2}})\b",
        rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?{_NAMES},?\s+(?P<year>(?:19|20)\d{{2}})\b",
        rf"\b{_NAMES},?\s+(?:of\s+)?(?P<year>(?:19|20)\d{{2}})\b",
        r"(?<![\w$€£.,/-])(?P<year>(?:19|20)\d{2})(?![\w/%-]|[.,]\d| (?:soldiers|troops|fighters|megawatts))",
    )
)


@dataclass(frozen=True, slots=True)
class Dated:
    """A date found: ISO of its own precision, as printed, and where."""

    iso: str
    printed: str
    start: int
    end: int


def dates(text: str) -> list[Dated]:
    """Dates with at least a year, in order; a longer form wins over a shorter one inside it.

    >>> [d.iso for d in dates("On January 5, 2024, and again in March 2023 and 2021.")]
    ['2024-01-05', '2023-03', '2021']
    """
    found: list[Dated] = []
    taken: list[tuple[int, int]] = []
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            if any(match.start() < end and start < match.end() for start, end in taken):
                continue
            taken.append(match.span())
            iso = _iso(match.groupdict())
            if iso:
                found.append(Dated(iso, match.group(), match.start(), match.end()))
    return sorted(found, key=lambda d: d.start)


def _iso(parts: dict[str, str | None]) -> str | None:
    year, month, day = parts["year"], parts.get("month"), parts.get("day")
    if not month:
        return year
    number = _MONTH[month.lower()]
    if not day:
        return f"{year}-{number:02d}"
    if not 1 <= int(day) <= calendar.monthrange(int(year or 0), number)[1]:
        return None
    return f"{year}-{number:02d}-{int(day):02d}"


def last_day(iso: str) -> str:
    """The last day that a date of any precision may mean: ``2024-02`` → ``2024-02-29``.

    Raises:
        ValueError: there is no such day or month.
    """
    parts = [int(p) for p in iso.split("-")]
    year = parts[0]
    month = parts[1] if len(parts) > 1 else 12
    most = calendar.monthrange(year, month)[1]
    day = parts[2] if len(parts) > 2 else most
    if not 1 <= day <= most:
        raise ValueError(f"{iso} is not a day")
    return f"{year:04d}-{month:02d}-{day:02d}"
