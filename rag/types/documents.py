"""Documents, their parts, and the passages cut from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One heading and the text it governs.

    ``start`` is the offset of the heading line itself, ``end`` the offset where the next heading of
    the same or a higher level begins (or the end of the text).  ``path`` is the chain of titles from
    the outermost heading down to this one, inclusive.
    """

    title: str
    level: int
    start: int
    end: int
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSpan:
    """The part of the document text that stood on one printed page (1-based)."""

    page: int
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A footnote or endnote lifted out of the running text.

    ``start``/``end`` span the note's own text; ``anchor`` is the offset in the body where its marker
    stood (None when no marker was found).
    """

    label: str
    start: int
    end: int
    anchor: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CleaningAction:
    """One thing that cleaning did: ``dropped``, ``joined``, ``moved``, ``repaired`` or ``metadata``.

    ``reason`` is a short code such as ``running-head`` or ``page-break``; ``text`` an excerpt of what
    was concerned (at most 300 characters).
    """

    action: str
    reason: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What a document says about itself, or what a sidecar file says instead.  Absent is None.

    ``published`` keeps the precision of its source: ``2024``, ``2024-10`` or ``2024-10-05``.
    ``published_note`` says where the date came from when it is not a plain publication date
    (``copyright line``, ``sidecar``, ``page metadata``).
    """

    title: str
    authors: tuple[str, ...] = ()
    role: str | None = None
    publisher: str | None = None
    series: str | None = None
    published: str | None = None
    published_note: str | None = None
    language: str | None = None
    translator: str | None = None
    licence: str | None = None
    url: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MetadataEdit:
    """What a person corrected: ``fields`` hold the edited values, ``found`` what stood there without them."""

    fields: Mapping[str, Any]
    found: Mapping[str, Any]
    edited_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One source file, cleaned.  ``text`` is what every offset refers to."""

    id: str
    text: str
    metadata: Metadata
    format: str
    source_path: str
    sha256: str
    ingested_at: str
    pages: int | None = None
    sections: tuple[Section, ...] = ()
    page_spans: tuple[PageSpan, ...] = ()
    notes: tuple[Note, ...] = ()
    cleaning: tuple[CleaningAction, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentInfo:
    """A document without its text: what a list, a citation or a filter needs.

    ``edited`` names the fields of its metadata that a person corrected in the library.
    """

    id: str
    metadata: Metadata
    format: str
    source_path: str
    sha256: str
    ingested_at: str
    pages: int | None
    passages: int
    characters: int
    in_library: bool = True
    edited: tuple[str, ...] = ()


class PassageKind(StrEnum):
    """What a passage is made of; notes rank below the body."""

    BODY = "body"
    NOTE = "note"
    TABLE = "table"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One sentence (or list item, table row, heading) of a passage; offsets into the document text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A quotable slice of one document: the unit we index, retrieve and cite.

    ``text == document.text[start:end]``, always.  ``id`` is ``f"{document_id}:{start}-{end}"``.
    """

    id: str
    document_id: str
    ordinal: int
    start: int
    end: int
    text: str
    section: tuple[str, ...] = ()
    page: int | None = None
    kind: PassageKind = PassageKind.BODY
    sentences: tuple[Sentence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AliasGroup:
    """Names that search takes for the same (or, ``related``, for near), the one to show first.

    ``origin``: ``shipped`` with the product, ``own`` (or enlarged by an own group), ``related``, or
    ``reports`` (an acronym that the reports expand themselves).  ``key`` names an own group, else empty.
    """

    key: str
    names: tuple[str, ...]
    origin: str
