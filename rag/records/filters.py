"""Which documents pass a filter.  Pure."""

from __future__ import annotations

import calendar
import re
from datetime import date

from rag.errors import UsageError
from rag.types import DocumentInfo, Filters

_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


def date_interval(text: str) -> tuple[date, date] | None:
    """First and last day that ``2024``, ``2024-10`` or ``2024-10-05`` covers; None when it is no date.

    >>> date_interval("2024-02")
    (datetime.date(2024, 2, 1), datetime.date(2024, 2, 29))
    """
    match = _DATE.fullmatch(text.strip())
    if not match:
        return None
    year, month, day = (int(part) if part else None for part in match.groups())
    assert year is not None
    try:
        first = date(year, month or 1, day or 1)
    except ValueError:
        return None
    last_month = month or 12
    last = date(year, last_month, day or calendar.monthrange(year, last_month)[1])
    return first, last


def matches(filters: Filters, info: DocumentInfo) -> bool:
    """Whether a document passes every filter that is set.

    Dates are intervals as wide as their precision, and intervals match when they overlap: a report of
    ``2024-10`` is not excluded by *after 2024*, *after 2024-10-15* or *before 2024-10-02*, because it
    may lie inside; a document without a readable date never matches a date filter.  Publishers match
    whatever their case, ``en`` matches ``en-GB`` but not the other way round.

    Raises:
        UsageError: a date of the filter is malformed.
    """
    meta = info.metadata
    if filters.documents and info.id not in filters.documents:
        return False
    if filters.publishers and not _same_publisher(filters.publishers, meta.publisher):
        return False
    if filters.language and not _same_language(filters.language, meta.language):
        return False
    return _in_time(filters, meta.published)


def check_dates(filters: Filters) -> None:
    """Raises UsageError when a date of the filter is malformed."""
    for name, value in (
        ("published_after", filters.published_after),
        ("published_before", filters.published_before),
    ):
        if value is not None and date_interval(value) is None:
            raise UsageError(f"{name} is {value!r}, which is no date. Write 2024, 2024-10 or 2024-10-05.")


def _same_publisher(wanted: tuple[str, ...], publisher: str | None) -> bool:
    if publisher is None:
        return False
    return _plain(publisher) in {_plain(name) for name in wanted}


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())


def _same_language(wanted: str, language: str | None) -> bool:
    have = (language or "").casefold().replace("_", "-")
    want = wanted.casefold().replace("_", "-")
    return have == want or have.startswith(want + "-")


def _in_time(filters: Filters, published: str | None) -> bool:
    check_dates(filters)
    if filters.published_after is None and filters.published_before is None:
        return True
    covered = date_interval(published) if published else None
    if covered is None:
        return False
    if filters.published_after is not None:
        after = date_interval(filters.published_after)
        assert after is not None
        if covered[1] < after[0]:
            return False
    if filters.published_before is not None:
        before = date_interval(filters.published_before)
        assert before is not None
        if covered[0] > before[1]:
            return False
    return True
