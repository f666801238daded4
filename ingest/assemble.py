"""Blocks to document text: one string that every offset refers to, with sections, pages and notes.

Blocks are separated by a blank line; list items, table rows and notes among themselves by one line
break.  Headings are plain lines, list markers stay as printed, a note's label is kept beside the
text and not in it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ingest.blocks import Block, BlockKind, Parsed
from ingest.clean import Cleaned
from ingest.edits import printed
from rag.types import CleaningAction, Document, Metadata, Note, PageSpan, Section

EXCERPT = 300
NOTES_PATH = ("Notes",)
_TIGHT = (BlockKind.LIST_ITEM, BlockKind.TABLE_ROW, BlockKind.NOTE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Where one block stands in the document text, and under which headings."""

    start: int
    end: int
    kind: BlockKind
    section: tuple[str, ...] = ()
    page: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembled:
    """A document and the layout of its text, which only chunking needs."""

    document: Document
    layout: tuple[Span, ...]


def assemble(
    cleaned: Cleaned,
    parsed: Parsed,
    *,
    document_id: str,
    source_path: str,
    sha256: str,
    ingested_at: str,
) -> Assembled:
    """Builds the document.  ``cleaned.metadata.title`` must not be empty."""
    text, starts = _text(cleaned.blocks)
    sections, paths = _sections(cleaned.blocks, starts, len(text), cleaned.metadata)
    layout = tuple(
        Span(start=at, end=at + len(_line(block)), kind=block.kind, section=path, page=block.page)
        for block, at, path in zip(cleaned.blocks, starts, paths, strict=True)
    )
    document = Document(
        id=document_id,
        text=text,
        metadata=cleaned.metadata,
        format=parsed.format,
        source_path=source_path,
        sha256=sha256,
        ingested_at=ingested_at,
        pages=parsed.pages,
        sections=sections,
        page_spans=_pages(cleaned.blocks, starts, len(text)),
        notes=_notes(cleaned.blocks, starts),
        cleaning=_excerpts(cleaned.actions),
    )
    return Assembled(document=document, layout=layout)


def _line(block: Block) -> str:
    return block.text if block.kind is BlockKind.NOTE else printed(block)


def _shift(block: Block) -> int:
    """How far the block's own text stands behind the beginning of its line."""
    return len(_line(block)) - len(block.text)


def _text(blocks: Sequence[Block]) -> tuple[str, list[int]]:
    pieces: list[str] = []
    starts: list[int] = []
    length = 0
    previous: Block | None = None
    for block in blocks:
        if previous is not None:
            tight = previous.kind is block.kind and block.kind in _TIGHT
            pieces.append("\n" if tight else "\n\n")
            length += len(pieces[-1])
        starts.append(length)
        pieces.append(_line(block))
        length += len(pieces[-1])
        previous = block
    return "".join(pieces), starts


# --------------------------------------------------------------------------- sections


@dataclass(slots=True)
class _Open:
    title: str
    level: int
    start: int
    path: tuple[str, ...]
    brief: bool = False  # holds for its own paragraph (and the list below it) only


def _sections(
    blocks: Sequence[Block], starts: Sequence[int], length: int, metadata: Metadata
) -> tuple[tuple[Section, ...], list[tuple[str, ...]]]:
    """All sections in order, and each block's section path."""
    stack: list[_Open] = []
    done: list[Section] = []
    paths: list[tuple[str, ...]] = []

    def close(level: int, at: int) -> None:
        while stack and stack[-1].level >= level:
            top = stack.pop()
            done.append(Section(title=top.title, level=top.level, start=top.start, end=at, path=top.path))

    siblings = _with_siblings(blocks)
    notes_seen = title_seen = False
    for i, (block, at) in enumerate(zip(blocks, starts, strict=True)):
        title_line = not title_seen and block.kind is BlockKind.HEADING and block.text == metadata.title
        title_seen = title_seen or block.kind is BlockKind.HEADING
        heading = _heading_of(block, i in siblings) if not title_line else None
        if block.kind is BlockKind.NOTE and not notes_seen:
            notes_seen = True
            under_heading = i > 0 and blocks[i - 1].kind is BlockKind.HEADING
            if not under_heading:
                close(0, at)
        elif stack and stack[-1].brief and (heading is None) and not _belongs(blocks, i):
            close(stack[-1].level, at)
        if heading is not None:
            title, level, brief = heading
            close(level, at)
            path = (*(s.title for s in stack), title)
            stack.append(_Open(title, level, at, path, brief))
        path = stack[-1].path if stack else ()
        paths.append(NOTES_PATH if block.kind is BlockKind.NOTE and not path else path)
    close(0, length)
    return tuple(sorted(done, key=lambda s: (s.start, s.level))), paths


def _heading_of(block: Block, in_series: bool) -> tuple[str, int, bool] | None:
    """``(title, level, brief)`` of the heading that a block is or begins with."""
    if block.kind is BlockKind.HEADING:
        return block.text, max(block.level, 1), False
    if not block.run_in:
        return None
    head = block.text[: block.run_in].rstrip()
    number = _number(block)
    title = f"{block.marker} {head}" if number and block.marker else head
    bold_paragraph = block.strong > 0 and block.kind is BlockKind.PARAGRAPH
    return title, RUN_IN_LEVEL, not (bold_paragraph or in_series)


RUN_IN_LEVEL = 7  # below every level that a file can mark
_NUMBER = re.compile(r"\(?(\d{1,2})[.)]")


def _number(block: Block) -> int:
    match = _NUMBER.match(block.marker or block.text)
    return int(match[1]) if match else 0


def _with_siblings(blocks: Sequence[Block]) -> set[int]:
    """Run-in headings whose next or previous number also begins with a heading, under the same heading."""
    found: set[int] = set()
    numbers: dict[int, int] = {}
    for i, block in enumerate(blocks):
        if block.kind is BlockKind.HEADING:
            numbers = {}
        elif block.run_in and (number := _number(block)):
            if number - 1 in numbers:
                found |= {i, numbers[number - 1]}
            numbers[number] = i
    return found


def _belongs(blocks: Sequence[Block], i: int) -> bool:
    """True for the list below a run-in paragraph that announces it with a colon."""
    if blocks[i].kind is not BlockKind.LIST_ITEM:
        return False
    j = i - 1
    while j >= 0 and blocks[j].kind is BlockKind.LIST_ITEM and not blocks[j].run_in:
        j -= 1
    return j >= 0 and bool(blocks[j].run_in) and blocks[j].text.rstrip().endswith(":")


# --------------------------------------------------------------------------- pages, notes, record


def _pages(blocks: Sequence[Block], starts: Sequence[int], length: int) -> tuple[PageSpan, ...]:
    """Where each page's text begins and ends; notes moved to the end keep their own page."""
    marks: list[tuple[int, int]] = []
    for block, at in zip(blocks, starts, strict=True):
        if block.page is not None:
            marks.append((at, block.page))
        marks += [(at + _shift(block) + offset, page) for offset, page in block.breaks]
    spans: list[PageSpan] = []
    for n, (at, page) in enumerate(marks):
        end = marks[n + 1][0] if n + 1 < len(marks) else length
        if spans and spans[-1].page == page:
            spans[-1] = replace(spans[-1], end=end)
        elif end > at:
            spans.append(PageSpan(page=page, start=at, end=end))
    return tuple(spans)


def _notes(blocks: Sequence[Block], starts: Sequence[int]) -> tuple[Note, ...]:
    """Notes with the places of their markers; the nth note of a label takes the nth marker."""
    anchors: dict[str, list[int]] = defaultdict(list)
    for block, at in zip(blocks, starts, strict=True):
        for offset, label in block.anchors:
            anchors[label].append(at + _shift(block) + offset)
    labels = Counter(b.marker for b in blocks if b.kind is BlockKind.NOTE)
    seen: dict[str, int] = defaultdict(int)
    found: list[Note] = []
    for block, at in zip(blocks, starts, strict=True):
        if block.kind is not BlockKind.NOTE:
            continue
        places = anchors.get(block.marker, [])  # in reading order, as blocks are
        nth = seen[block.marker]
        seen[block.marker] += 1
        if labels[block.marker] == 1:
            nth = 0
        anchor = places[nth] if nth < len(places) else None
        found.append(Note(label=block.marker, start=at, end=at + len(block.text), anchor=anchor))
    return tuple(found)


def _excerpts(actions: Sequence[CleaningAction]) -> tuple[CleaningAction, ...]:
    return tuple(a if len(a.text) <= EXCERPT else replace(a, text=a.text[: EXCERPT - 1] + "…") for a in actions)
