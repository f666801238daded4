"""How a source is named in a sentence: short, the same everywhere, with its date as printed."""

from __future__ import annotations

import re

from rag.types import Metadata

_MONTHS = (
    "January February March April May June July August September October November December"
).split()
_APPOSITION = re.compile(r"\s*[,(].*$", re.DOTALL)
_FIELD = re.compile(r"\s*\b(?:for|of|on|pour|des?)\b.*$", re.IGNORECASE | re.DOTALL)
_TITLES = re.compile(r"^(?:Dr|Prof|Professor|Mr|Mrs|Ms|Gen|General|Sheikh|Sayyid)\.?\s+", re.IGNORECASE)


def short_publisher(name: str) -> str:
    """The part of a publisher's name that people say.

    >>> short_publisher("Al-Bayan Center for Planning and Studies")
    'Al-Bayan Center'
    >>> short_publisher("Rasanah, International Institute for Iranian Studies")
    'Rasanah'
    >>> short_publisher("Bank of the North (Saltmouth)")
    'Bank of the North'
    """
    head = _APPOSITION.sub("", name).strip() or name
    short = _FIELD.sub("", head).strip()
    generic = {"institute", "center", "centre", "council", "university", "department", "ministry", "the"}
    words = [w for w in short.lower().split() if w != "the"]
    if len(words) < 2 and short != head:  # "Guild of Lake Traders", "Bank of the North"
        return head
    return short if set(words) - generic else head if set(head.lower().split()) - generic else name


def plain_author(name: str) -> str:
    """An author without academic or military title: ``Dr. Saad Al-Saidi`` → ``Saad Al-Saidi``."""
    return _TITLES.sub("", name).strip()


def readable_date(published: str | None) -> str | None:
    """``2024-10`` → ``October 2024``; ``2024`` → ``2024``; ``2024-10-05`` → ``5 October 2024``.

    >>> readable_date("2024-10-05")
    '5 October 2024'
    """
    if not published:
        return None
    parts = published.split("-")
    if len(parts) == 1 or not parts[1].isdigit() or not 1 <= int(parts[1]) <= 12:
        return parts[0]
    month = f"{_MONTHS[int(parts[1]) - 1]} {parts[0]}"
    return f"{int(parts[2])} {month}" if len(parts) > 2 and parts[2].isdigit() else month


def source_name(metadata: Metadata) -> str:
    """Who speaks: the publisher's short name, else the authors, else the title."""
    if metadata.publisher:
        return short_publisher(metadata.publisher)
    if metadata.authors:
        names = [plain_author(a) for a in metadata.authors]
        return names[0] if len(names) == 1 else f"{names[0]} et al." if len(names) > 2 else " and ".join(names)
    return metadata.title


def attribution(metadata: Metadata) -> str:
    """``Rasanah, October 2024``; a source without a date is said to have none.

    >>> attribution(Metadata(title="T", authors=("Hisham Al-Hashimi",)))
    'Hisham Al-Hashimi, undated'
    """
    return f"{source_name(metadata)}, {readable_date(metadata.published) or 'undated'}"


def frame_label(metadata: Metadata) -> str:
    """The same for the beginning of a sentence: ``Rasanah (October 2024)``."""
    return f"{source_name(metadata)} ({readable_date(metadata.published) or 'undated'})"
