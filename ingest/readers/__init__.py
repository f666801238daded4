"""Readers: bytes in, blocks out.  One table says which suffix is read by what."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from ingest.blocks import Parsed
from ingest.limits import Limits
from rag.errors import SourceUnreadable

Reader = Callable[[bytes, Limits], Parsed]

_READERS: dict[str, tuple[str, str]] = {
    ".txt": ("ingest.readers.text", "read_text"),
    ".text": ("ingest.readers.text", "read_text"),
    ".md": ("ingest.readers.markdown", "read_markdown"),
    ".markdown": ("ingest.readers.markdown", "read_markdown"),
    ".pdf": ("ingest.readers.pdf", "read_pdf"),
    ".docx": ("ingest.readers.docx", "read_docx"),
    ".html": ("ingest.readers.html", "read_html"),
    ".htm": ("ingest.readers.html", "read_html"),
    ".xhtml": ("ingest.readers.html", "read_html"),
}

SUFFIXES = frozenset(_READERS)


def supported(suffix: str) -> bool:
    """True when a file with this suffix (``.pdf``, any case) can be read."""
    return suffix.lower() in _READERS


def read(data: bytes, suffix: str, limits: Limits) -> Parsed:
    """Reads a file's bytes with the reader of its suffix; heavy libraries load only here.

    Raises:
        SourceUnreadable: the kind is not supported, or the content cannot be turned into text.
    """
    entry = _READERS.get(suffix.lower())
    if entry is None:
        known = ", ".join(sorted(SUFFIXES))
        raise SourceUnreadable(f"files of the kind {suffix or 'without suffix'} are not read; use {known}.")
    reader: Reader = getattr(import_module(entry[0]), entry[1])
    return reader(data, limits)
