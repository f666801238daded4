"""Footnotes: which lines at a page's foot are notes, and which raised marks belong to them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from ingest.blocks import Block, BlockKind
from ingest.edits import apply_edits
from ingest.readers.pdf_blocks import Body
from ingest.readers.pdf_lines import Line
from ingest.readers.pdf_model import Page

_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_PLAIN_START = re.compile(r"(?:\d{1,3}|[*†‡§¶]{1,3})\s+[^\W\d_“\"'‘(]*\S")


def mark_notes(lines: Sequence[Line], pages: Sequence[Page], body: Body) -> None:
    """Sets ``note`` on the lines that stand in the note area of their page."""
    rules = {page.number: page for page in pages}
    by_region: dict[tuple[int, int], list[Line]] = defaultdict(list)
    for line in lines:
        by_region[line.page, line.region].append(line)
    for (number, _), own in by_region.items():
        start = _note_area(own, rules[number], body)
        if start is None:
            continue
        below = [
            other
            for other in lines
            if other.page == number
            and other.region != own[0].region
            and other.base > own[start].base
            and other.size > 0.95 * body.size
            and other.x0 < own[0].right
            and other.x1 > own[0].left
        ]
        if below:
            continue
        for line in own[start:]:
            line.note = True


def _note_area(lines: list[Line], page: Page, body: Body) -> int | None:
    """Index of the first note line among a region's lines, or None."""
    if lines[0].table:
        return None
    start = len(lines)
    while start and lines[start - 1].size <= 0.93 * body.size:
        start -= 1
    for index in range(start, len(lines)):
        if _begins_note(lines[index]) and lines[index].base > 0.4 * page.height:
            return index
    for index, line in enumerate(lines):  # notes as large as the text: a short rule above tells them
        if line.label and line.base > 0.5 * page.height and _rule_above(line, page):
            return index
    return None


def _begins_note(line: Line) -> bool:
    return bool(line.label) or bool(_PLAIN_START.match(line.text))


def _rule_above(line: Line, page: Page) -> bool:
    return any(
        0 < line.base - rule.y < 2.6 * line.size
        and rule.x1 - rule.x0 < 0.5 * page.width
        and abs(rule.x0 - line.left) < 3 * line.size
        for rule in page.rules
    )


def settle_anchors(blocks: Sequence[Block]) -> list[Block]:
    """Keeps anchors that a note answers; other raised marks go back into the text (10⁶, ²).

    A label counts when a note with it stands on the same page or the next, or only once in all.
    """
    pages: dict[str, set[int]] = defaultdict(set)
    for block in blocks:
        if block.kind is BlockKind.NOTE:
            pages[block.marker].add(block.page or 0)
    return [_settled(block, pages) for block in blocks]


def _settled(block: Block, pages: dict[str, set[int]]) -> Block:
    if not block.anchors:
        return block
    edits: list[tuple[int, int, str]] = []
    kept: list[tuple[int, str]] = []
    for at, label in block.anchors:
        if block.kind in (BlockKind.PARAGRAPH, BlockKind.LIST_ITEM, BlockKind.HEADING) and any(
            abs(page - _page_at(block, at)) <= 1 for page in pages.get(label, ())
        ):
            kept.append((at, label))
        else:
            edits.append((at, at, label.translate(_SUPERSCRIPT)))
    return apply_edits(replace(block, anchors=tuple(kept)), _one_per_place(edits))


def _one_per_place(edits: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    merged: dict[int, list[str]] = defaultdict(list)
    for at, _, text in edits:
        merged[at].append(text)
    return [(at, at, "⁻".join(texts) if len(texts) > 9 else " ".join(texts)) for at, texts in merged.items()]


def _page_at(block: Block, offset: int) -> int:
    page = block.page or 0
    for at, number in block.breaks:
        if at <= offset:
            page = number
    return page
