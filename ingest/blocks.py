"""The form between a file and a document: an ordered list of blocks with inline marks.

A reader turns bytes into :class:`Parsed`; cleaning turns blocks into blocks; assembly turns the
blocks into the document text with sections, pages, notes and the cleaning record.  Offsets exist
only after assembly.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from rag.types import CleaningAction, Metadata


class BlockKind(StrEnum):
    """What a block is on the page."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list_item"
    TABLE_ROW = "table_row"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One heading, paragraph, list item, table row or note.

    ``text`` is one line (no newline).  ``level`` is the heading level (1 is the title's level) or the
    list depth from 0.  ``marker`` is the list item's own number or bullet as printed (``1.``, ``A.``,
    ``-``) or the note's label (``12``, ``*``).  ``page`` is 1-based where the format has pages;
    ``breaks`` are offsets into ``text`` where a new page begins, with that page's number.
    ``anchors`` are offsets into ``text`` where a note marker stood, with the note's label.
    ``strong`` is the length of the bold run that ``text`` begins with (0: none); ``run_in`` the length
    of a heading that stands in the paragraph's own line (``Lessons: The army …`` → 8).
    ``attached`` is True when no blank line separated this block from the one before it.
    """

    kind: BlockKind
    text: str
    level: int = 0
    marker: str = ""
    page: int | None = None
    breaks: tuple[tuple[int, int], ...] = ()
    anchors: tuple[tuple[int, str], ...] = ()
    strong: int = 0
    run_in: int = 0
    attached: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """What a reader found: blocks in reading order, metadata as the file states it, page count."""

    blocks: tuple[Block, ...]
    metadata: Metadata
    format: str
    pages: int | None = None
    cleaning: tuple[CleaningAction, ...] = ()
    warnings: tuple[str, ...] = field(default=())
