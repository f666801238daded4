"""What people correct in a document's metadata: which fields, what is allowed, and how it is applied.

An edit stands above what the file, ``catalog.yaml`` and ``NAME.meta.yaml`` say, survives every ingest,
and can be taken back, because what was found stays known beside it.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from rag.errors import UsageError
from rag.types import Metadata, MetadataEdit

EDITABLE = ("title", "authors", "publisher", "published", "language")
NOTE = "edited in the library"
"""What ``published_note`` says of an edited date."""
_FOUND = (*EDITABLE, "published_note")
_LONGEST = 500
_MOST_AUTHORS = 50
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})*")

Fields = dict[str, Any]


def checked(fields: Mapping[str, Any]) -> Fields:
    """The fields evened out; empty text means that the value is not known.

    Raises:
        UsageError: an unknown field, an empty title, a malformed date or language, overlong text.
    """
    unknown = sorted(set(fields) - set(EDITABLE))
    if unknown:
        raise UsageError(f"{unknown[0]!r} cannot be edited; {', '.join(EDITABLE)} can.")
    return {name: _authors(value) if name == "authors" else _text(name, value) for name, value in fields.items()}


def _text(name: str, value: Any) -> str | None:
    text = " ".join(str(value or "").split())
    if len(text) > _LONGEST:
        raise UsageError(f"The {name} has {len(text)} characters; {_LONGEST} are allowed.")
    if not text:
        if name == "title":
            raise UsageError("The title must not be empty.")
        return None
    if name == "published" and not _is_date(text):
        raise UsageError(f"{text!r} is not a date; write 2024, 2024-10 or 2024-10-05.")
    if name == "language":
        text = text.lower()
        if not _LANGUAGE.fullmatch(text):
            raise UsageError(f"{text!r} is not a language code; write en, ar or fr, for example.")
    return text


def _is_date(text: str) -> bool:
    match = _DATE.fullmatch(text)
    if not match:
        return False
    year, month, day = int(match[1]), int(match[2] or 1), int(match[3] or 1)
    return year >= 1 and 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]


def _authors(value: Any) -> list[str]:
    names = [" ".join(str(name).split()) for name in (value or ())]
    names = [name for name in names if name]
    if len(names) > _MOST_AUTHORS or any(len(name) > _LONGEST for name in names):
        raise UsageError(f"At most {_MOST_AUTHORS} authors, each with at most {_LONGEST} characters.")
    return names


def found_in(metadata: Metadata) -> Fields:
    """The editable values as a plain mapping, for keeping.

    >>> found_in(Metadata(title="T", authors=("A",)))["authors"]
    ['A']
    """
    return {name: list(value) if isinstance(value := getattr(metadata, name), tuple) else value for name in _FOUND}


def applied(metadata: Metadata, fields: Mapping[str, Any]) -> Metadata:
    """Metadata with the edited values in place of the found ones."""
    if not fields:
        return metadata
    values: Fields = {name: tuple(value) if name == "authors" else value for name, value in fields.items()}
    if "published" in values and "published_note" not in values:
        values["published_note"] = NOTE if values["published"] else None
    return replace(metadata, **values)


def merged(edit: MetadataEdit | None, metadata: Metadata, changes: Mapping[str, Any]) -> Fields:
    """All edited fields after ``changes``; a field that says what was found again is no edit any more."""
    found = dict(edit.found) if edit is not None else found_in(metadata)
    fields = {**(edit.fields if edit is not None else {}), **checked(changes)}
    return {name: value for name, value in fields.items() if value != found.get(name)}
