"""Edits of one block that keep its marks: page breaks, note anchors, the bold run, the run-in heading.

Every cleaning rule changes block text through these functions, so that offsets inside a block stay
right whatever is cut, replaced or joined.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ingest.blocks import Block

Edit = tuple[int, int, str]


def apply_edits(block: Block, edits: Iterable[Edit]) -> Block:
    """Replaces ``text[start:end]`` by the string for each ``(start, end, string)``; no overlaps."""
    ordered = sorted(edits)
    if not ordered:
        return block
    pieces: list[str] = []
    position = 0
    for start, end, text in ordered:
        pieces += [block.text[position:start], text]
        position = end
    pieces.append(block.text[position:])
    return replace(
        block,
        text="".join(pieces),
        breaks=tuple((_moved(at, ordered), page) for at, page in block.breaks),
        anchors=tuple((_moved(at, ordered), label) for at, label in block.anchors),
        strong=_moved(block.strong, ordered),
        run_in=_moved(block.run_in, ordered),
    )


def _moved(offset: int, ordered: list[Edit]) -> int:
    shift = 0
    for start, end, text in ordered:
        if offset >= end:
            shift += len(text) - (end - start)
        elif offset > start:
            return start + shift + min(len(text), offset - start)
        else:
            break
    return offset + shift


def trimmed(block: Block) -> Block:
    """The block without blanks at either end."""
    text = block.text
    lead = len(text) - len(text.lstrip())
    tail = len(text.rstrip())
    if lead == 0 and tail == len(text):
        return block
    if tail <= lead:
        return apply_edits(block, [(0, len(text), "")])
    return apply_edits(block, [(0, lead, ""), (tail, len(text), "")])


def joined(first: Block, second: Block, separator: str = " ") -> Block:
    """One block of both texts; the first decides kind, level and marker.

    Where the second began on another page, the place is kept as a break.
    """
    shift = len(first.text) + len(separator)
    breaks = list(first.breaks)
    last_page = breaks[-1][1] if breaks else first.page
    if second.page is not None and second.page != last_page:
        breaks.append((shift, second.page))
    breaks += [(at + shift, page) for at, page in second.breaks]
    strong = first.strong
    if first.strong == len(first.text) and second.strong:
        strong = shift + second.strong
    return replace(
        first,
        text=first.text + separator + second.text,
        breaks=tuple(breaks),
        anchors=first.anchors + tuple((at + shift, label) for at, label in second.anchors),
        strong=strong,
    )


def last_page(block: Block) -> int | None:
    """The page on which the block ends."""
    return block.breaks[-1][1] if block.breaks else block.page


def printed(block: Block) -> str:
    """Marker and text as they stand on the page."""
    return f"{block.marker} {block.text}".strip() if block.marker else block.text
