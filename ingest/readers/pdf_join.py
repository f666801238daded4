"""Groups to blocks: lines joined, and sentences made whole that a column, page, note or float tore apart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ingest.blocks import Block, BlockKind
from ingest.edits import joined
from ingest.readers.pdf_blocks import CAPTION, Body, Group
from ingest.readers.pdf_model import HYPHEN
from ingest.words import ends_open, mended, stops_on_open_word

_JOINLESS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def to_blocks(groups: Sequence[Group], body: Body) -> list[Block]:
    """Blocks with texts joined; sentences broken by a column, a page, a note or a float made whole."""
    blocks: list[Block] = []
    ends: list[Group] = []
    for group in groups:
        block = _block(group, body)
        if not block.text and not block.marker:
            continue
        target = _continued(blocks, ends, group, block)
        if target is None:
            blocks.append(block)
            ends.append(group)
        else:
            blocks[target] = _glued(blocks[target], block, body)
            ends[target] = Group([*ends[target].lines, *group.lines], ends[target].kind)
    return [_clean_hyphen(b) for b in blocks]


def _block(group: Group, body: Body) -> Block:
    text, anchors = "", []
    trail = True
    for line in group.lines:
        text, shift = _append(text, line.text, body, trail=trail)
        trail = line.trail
        anchors += [(min(shift + at, len(text)), label) for at, label in line.anchors]
    if group.kind is BlockKind.LIST_ITEM and text.startswith(group.marker):
        cut = len(group.marker) + 1
        text = text[cut:]
        anchors = [(max(0, at - cut), label) for at, label in anchors]
    first = group.lines[0]
    if first.label and group.kind is not BlockKind.NOTE:
        anchors = [(0, first.label), *anchors]
    strong = (
        len(text)
        if group.kind is BlockKind.PARAGRAPH and all(line.bold for line in group.lines) and not body.bold
        else 0
    )
    return Block(
        kind=group.kind,
        text=text,
        level=group.level,
        marker=group.marker,
        page=first.page,
        anchors=tuple(anchors),
        strong=strong,
    )


def _append(text: str, more: str, body: Body, *, trail: bool) -> tuple[str, int]:
    """``text`` with ``more`` behind it, and the offset at which ``more`` begins."""
    if not text:
        return more, 0
    if text.endswith(HYPHEN):
        left = re.search(r"([^\W_]*)\u00ad$", text)
        right = re.match(r"[^\W_]*", more)
        if left and right and left[1] and right[0]:
            whole = mended(left[1], right[0], *body.words)
            head = text[: left.start()]
            offset = len(head) + len(whole) - len(right[0])
            return head + whole + more[right.end() :], offset
        return text[:-1] + "-" + more, len(text)
    if re.search(r"\w[-/–]$", text) and more[:1].isalnum() and not text.endswith("–"):
        return text + more, len(text)
    if _JOINLESS.match(text[-1]) and _JOINLESS.match(more[:1]) and not trail:
        return text + more, len(text)
    return f"{text} {more}", len(text) + 1


def _continued(blocks: list[Block], ends: list[Group], group: Group, block: Block) -> int | None:
    """The block that ``block`` goes on from, or None."""
    if block.kind is BlockKind.NOTE and not block.marker:
        notes = [i for i, b in enumerate(blocks) if b.kind is BlockKind.NOTE]
        return notes[-1] if notes else None
    if block.kind is not BlockKind.PARAGRAPH or not block.text:
        return None
    first = group.lines[0]
    lower = block.text[:1].islower() or block.text[:1] in ",;)"
    for back, index in enumerate(reversed(range(len(blocks)))):
        if back > 25:
            return None
        candidate = blocks[index]
        last = ends[index].lines[-1]
        if candidate.kind in (BlockKind.NOTE, BlockKind.TABLE_ROW):
            continue
        if last.page < first.page - 1:
            return None
        if candidate.kind not in (BlockKind.PARAGRAPH, BlockKind.LIST_ITEM):
            if last.page == first.page and last.region == first.region:
                return None
            continue
        if last.region == first.region:
            return None
        if abs(last.size - first.size) > 0.09 * last.size or last.bold != first.bold:
            continue
        open_end = ends_open(candidate.text) and len(candidate.text) > 30
        full = last.x1 > last.right - 0.12 * (last.right - last.left)
        adjacent = index == len(blocks) - 1
        if open_end and (
            lower
            or (adjacent and full)
            or candidate.text.endswith(HYPHEN)
            or (full and stops_on_open_word(candidate.text))
        ):
            if CAPTION.match(candidate.text) and not adjacent:
                continue
            return index
        if not open_end and not lower:
            return None
    return None


def _glued(first: Block, second: Block, body: Body) -> Block:
    text, offset = _append(first.text, second.text, body, trail=False)
    if _JOINLESS.search(text[-1:]) and not first.text.endswith(HYPHEN):
        text, offset = f"{first.text} {second.text}", len(first.text) + 1
    glued = joined(first, second)
    shift = offset - (len(first.text) + 1)
    size = len(first.text)
    return replace(
        first,
        text=text,
        breaks=tuple((at + shift if at > size else at, page) for at, page in glued.breaks),
        anchors=tuple((at + shift if at > size else at, label) for at, label in glued.anchors),
        strong=first.strong if first.strong < len(first.text) or not second.strong else len(text),
    )


def _clean_hyphen(block: Block) -> Block:
    if HYPHEN not in block.text:
        return block
    return replace(block, text=block.text.replace(HYPHEN, "-"))
